/* aarch64'te bağlam değiştirme (AAPCS64).
 *
 * Çağrılan işlevin koruması gereken yazmaçlar: x19-x28, x29 (çerçeve işaretçisi), x30 (dönüş adresi) ve
 * d8-d15'in alt yarıları. Yığın işaretçisi hep 16'nın katıdır. Yığındaki düzen, düşük adresten:
 *
 *     [ x19 x20 ] [ x21 x22 ] [ x23 x24 ] [ x25 x26 ] [ x27 x28 ] [ x29 x30 ] [ d8 d9 ] ... [ d14 d15 ]
 */
        .text
        .globl  context_swap
        .hidden context_swap
        .type   context_swap, %function
context_swap:
        .cfi_startproc
        sub     sp, sp, #160
        .cfi_def_cfa_offset 160
        stp     x19, x20, [sp, #0]
        .cfi_offset 19, -160
        .cfi_offset 20, -152
        stp     x21, x22, [sp, #16]
        .cfi_offset 21, -144
        .cfi_offset 22, -136
        stp     x23, x24, [sp, #32]
        .cfi_offset 23, -128
        .cfi_offset 24, -120
        stp     x25, x26, [sp, #48]
        .cfi_offset 25, -112
        .cfi_offset 26, -104
        stp     x27, x28, [sp, #64]
        .cfi_offset 27, -96
        .cfi_offset 28, -88
        stp     x29, x30, [sp, #80]
        .cfi_offset 29, -80
        .cfi_offset 30, -72
        stp     d8, d9, [sp, #96]
        stp     d10, d11, [sp, #112]
        stp     d12, d13, [sp, #128]
        stp     d14, d15, [sp, #144]

        mov     x9, sp
        str     x9, [x0]
        mov     sp, x1

        ldp     x19, x20, [sp, #0]
        ldp     x21, x22, [sp, #16]
        ldp     x23, x24, [sp, #32]
        ldp     x25, x26, [sp, #48]
        ldp     x27, x28, [sp, #64]
        ldp     x29, x30, [sp, #80]
        ldp     d8, d9, [sp, #96]
        ldp     d10, d11, [sp, #112]
        ldp     d12, d13, [sp, #128]
        ldp     d14, d15, [sp, #144]
        add     sp, sp, #160
        .cfi_def_cfa_offset 0
        mov     x9, x30
        br      x9
        .cfi_endproc
        .size   context_swap, . - context_swap

/* İlk geçişin vardığı yer: entry x19'da, argument x20'dedir. */
        .globl  context_begin
        .hidden context_begin
        .type   context_begin, %function
        .cfi_startproc
        .cfi_undefined x30
        nop     /* geri izleme, dönüş adresinin bir eksiğinin hangi işlevde olduğuna bakar */
context_begin:
        mov     x0, x20
        blr     x19
        brk     #0
        .cfi_endproc
        .size   context_begin, . - context_begin

        .section .note.GNU-stack, "", %progbits
