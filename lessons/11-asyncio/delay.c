#include "delay.h"

#define DIGITS_MOST 9

/* Baştaki rakamlar: sayısı, değeri. */
static size_t take_digits(struct text text, double *value)
{
    size_t count = 0;
    *value = 0;
    while (count < text.length && text.bytes[count] >= '0' && text.bytes[count] <= '9')
        *value = *value * 10 + (text.bytes[count++] - '0');
    return count;
}

/* strtod kullanılmadı: boşluğu, işareti, onaltılık sayıyı, "inf" ve "nan"ı da kabul ederdi. */
bool delay_parse(struct text text, double *seconds)
{
    size_t whole = take_digits(text, seconds);
    if (whole == 0 || whole > DIGITS_MOST)
        return false;
    if (whole == text.length)
        return true;
    struct text rest = {text.bytes + whole + 1, text.length - whole - 1};
    double fraction;
    size_t places = take_digits(rest, &fraction);
    if (text.bytes[whole] != '.' || places == 0 || places > DIGITS_MOST || places != rest.length)
        return false;
    for (size_t i = 0; i < places; i++)
        fraction /= 10;
    *seconds += fraction;
    return true;
}
