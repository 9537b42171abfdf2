/* Bir işin iki ölçüsü: geçen süre ve sürecin harcadığı işlemci süresi.
 *
 * İkisi aynı şey değildir: beklemek zaman alır, işlemci almaz.
 *
 * Kaynak: getrusage(2)
 */
#ifndef LESSON_10_STOPWATCH_H
#define LESSON_10_STOPWATCH_H

struct stopwatch {
    double wall;
    double cpu;
};

struct stopwatch stopwatch_start(void);

/* Başlangıçtan bu yana, saniye. */
struct stopwatch stopwatch_read(const struct stopwatch *start);

#endif
