/* x86-64'te bağlam değiştirme (System V ABI).
 *
 * Çağrılan işlevin koruması gereken yazmaçlar: rbx, rbp, r12-r15, bir de MXCSR ile x87 denetim sözcüğü
 * (yuvarlama biçimi ve hata maskeleri). Ötekileri derleyici, bu çağrının çevresinde zaten saklar.
 * Yığındaki düzen, düşük adresten yükseğe:
 *
 *     [ MXCSR | x87 ] [ r15 ] [ r14 ] [ r13 ] [ r12 ] [ rbx ] [ rbp ] [ dönüş adresi ]
 *
 * Dönüş `ret` ile değil `pop; jmp` iledir: işlemci her `call`a karşılık bir `ret` bekler ve başka yığına
 * dönen `ret`te hep yanlış tahmin eder.
 */
        .text
        .globl  context_swap
        .hidden context_swap
        .type   context_swap, @function
/* region: context-swap */
context_swap:
        .cfi_startproc
        pushq   %rbp
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbp, 0
        pushq   %rbx
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %rbx, 0
        pushq   %r12
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r12, 0
        pushq   %r13
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r13, 0
        pushq   %r14
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r14, 0
        pushq   %r15
        .cfi_adjust_cfa_offset 8
        .cfi_rel_offset %r15, 0
        subq    $8, %rsp
        .cfi_adjust_cfa_offset 8
        stmxcsr (%rsp)
        fnstcw  4(%rsp)

        movq    %rsp, (%rdi)
        movq    %rsi, %rsp

        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        .cfi_adjust_cfa_offset -8
        popq    %r15
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r15
        popq    %r14
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r14
        popq    %r13
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r13
        popq    %r12
        .cfi_adjust_cfa_offset -8
        .cfi_restore %r12
        popq    %rbx
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbx
        popq    %rbp
        .cfi_adjust_cfa_offset -8
        .cfi_restore %rbp
        popq    %rcx
        .cfi_adjust_cfa_offset -8
        .cfi_register %rip, %rcx
        jmp     *%rcx
/* endregion */
        .cfi_endproc
        .size   context_swap, . - context_swap

/* İlk geçişin vardığı yer: entry r12'de, argument r13'tedir. Geriye dönülecek bir çağıran yoktur; rip'in
 * tanımsız oluşu, geri izlemenin (backtrace) burada biteceğini söyler. */
        .globl  context_begin
        .hidden context_begin
        .type   context_begin, @function
        .cfi_startproc
        .cfi_undefined %rip
        nop     /* geri izleme, dönüş adresinin bir eksiğinin hangi işlevde olduğuna bakar */
/* region: context-begin */
context_begin:
        movq    %r13, %rdi
        call    *%r12
        ud2
/* endregion */
        .cfi_endproc
        .size   context_begin, . - context_begin

        .section .note.GNU-stack, "", @progbits
