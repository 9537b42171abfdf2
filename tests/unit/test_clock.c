/* base/clock: zaman sınırları ve belgelerin saat biçimi. */
#include "base/clock.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "stubs.h"

#define NS_PER_MS 1000000

/* Sınamalarda donan saat: 2026-11-20 14:03:11 UTC. */
#define FROZEN_SECONDS INT64_C(1795183391)
#define FROZEN_NS (FROZEN_SECONDS * 1000000000)

static void monotonic_clock_never_goes_back(void)
{
    int64_t last = monotonic_ns();
    for (int i = 0; i < 1000; i++) {
        int64_t now = monotonic_ns();
        CHECK_BETWEEN(now, last, INT64_MAX);
        last = now;
    }
}

static void monotonic_clock_counts_nanoseconds(void)
{
    stub_freeze_clock(5, 42);
    CHECK_INT_EQ(monotonic_ns(), INT64_C(5000000042));
    stub_release_clock();
}

static void deadline_after_adds_the_seconds(void)
{
    stub_freeze_clock(FROZEN_SECONDS, 0);
    CHECK_INT_EQ(deadline_after(0.25), FROZEN_NS + 250 * NS_PER_MS);
    CHECK_INT_EQ(deadline_after(86400), FROZEN_NS + INT64_C(86400000) * NS_PER_MS);
    CHECK_INT_EQ(deadline_after(0), FROZEN_NS);
    stub_release_clock();
}

static void negative_seconds_mean_now(void)
{
    stub_freeze_clock(FROZEN_SECONDS, 0);
    CHECK_INT_EQ(deadline_after(-5), FROZEN_NS);
    stub_release_clock();
}

static void deadline_may_start_at_any_moment(void)
{
    CHECK_INT_EQ(deadline_from(FROZEN_NS, 0.25), FROZEN_NS + 250 * NS_PER_MS);
    CHECK_INT_EQ(deadline_from(7, 86400), 7 + INT64_C(86400000) * NS_PER_MS);
    CHECK_INT_EQ(deadline_from(7, 0), 7);
    CHECK_INT_EQ(deadline_from(7, -5), 7);
}

static void poll_ms_rounds_up(void)
{
    stub_freeze_clock(FROZEN_SECONDS, 0);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS + 1), 1);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS + NS_PER_MS), 1);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS + NS_PER_MS + 1), 2);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS + INT64_C(3600000) * NS_PER_MS + 1), 3600001);
    stub_release_clock();
}

static void poll_ms_without_a_deadline_is_minus_one(void)
{
    CHECK_INT_EQ(deadline_poll_ms(DEADLINE_NONE), -1);
}

static void poll_ms_of_a_past_deadline_is_zero(void)
{
    stub_freeze_clock(FROZEN_SECONDS, 0);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS), 0);
    CHECK_INT_EQ(deadline_poll_ms(FROZEN_NS - INT64_C(5000) * NS_PER_MS), 0);
    CHECK_INT_EQ(deadline_poll_ms(0), 0);
    stub_release_clock();
}

static void poll_ms_never_overflows_int(void)
{
    CHECK_INT_EQ(deadline_poll_ms(DEADLINE_NONE - 1), INT_MAX);
}

static void sooner_is_the_earlier_one(void)
{
    CHECK_INT_EQ(deadline_sooner(1, 2), 1);
    CHECK_INT_EQ(deadline_sooner(2, 1), 1);
}

/* region: unit-test */
static void any_deadline_is_sooner_than_none(void)
{
    CHECK_INT_EQ(deadline_sooner(7, DEADLINE_NONE), 7);
    CHECK_INT_EQ(deadline_sooner(DEADLINE_NONE, 7), 7);
    CHECK_INT_EQ(deadline_sooner(DEADLINE_NONE, DEADLINE_NONE), DEADLINE_NONE);
}
/* endregion */

static void set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void datetime_has_six_digits_of_microseconds(void)
{
    char out[DATETIME_SIZE];
    set_zone("UTC0");
    CHECK_TEXT_EQ(datetime_format(out, 1795183391, 42137), "2026-11-20 14:03:11.042137");
    CHECK_TEXT_EQ(datetime_format(out, 1795183391, 1), "2026-11-20 14:03:11.000001");
    CHECK_TEXT_EQ(datetime_format(out, 1795183391, 999999), "2026-11-20 14:03:11.999999");
}

static void datetime_without_microseconds_has_no_fraction(void)
{
    char out[DATETIME_SIZE];
    set_zone("UTC0");
    CHECK_TEXT_EQ(datetime_format(out, 1795183391, 0), "2026-11-20 14:03:11");
    CHECK_TEXT_EQ(datetime_format(out, 0, 0), "1970-01-01 00:00:00");
}

static void datetime_is_local_time(void)
{
    char out[DATETIME_SIZE];
    set_zone("TRT-3");
    CHECK_TEXT_EQ(datetime_format(out, 1795183391, 0), "2026-11-20 17:03:11");
}

static void datetime_returns_its_buffer(void)
{
    char out[DATETIME_SIZE];
    CHECK_TRUE(datetime_format(out, 0, 0) == out);
    CHECK_TRUE(datetime_now(out) == out);
}

static void datetime_now_is_the_wall_clock_in_microseconds(void)
{
    char now[DATETIME_SIZE];
    set_zone("TRT-3");
    stub_freeze_clock(FROZEN_SECONDS, 42137999);
    CHECK_TEXT_EQ(datetime_now(now), "2026-11-20 17:03:11.042137");
    stub_release_clock();
}

/* Duvar saati, tek yönlü saatten başka bir şeydir; donmuş saat ikisini ayıramaz. */
static void datetime_now_is_not_the_monotonic_clock(void)
{
    char before[DATETIME_SIZE];
    char now[DATETIME_SIZE];
    char after[DATETIME_SIZE];
    datetime_format(before, time(NULL) - 5, 0);
    datetime_now(now);
    datetime_format(after, time(NULL) + 5, 0);
    CHECK_TRUE(strcmp(before, now) < 0);
    CHECK_TRUE(strcmp(now, after) < 0);
}

static const struct check_test tests[] = {
    {RUN(monotonic_clock_never_goes_back)},
    {RUN(monotonic_clock_counts_nanoseconds)},
    {RUN(deadline_after_adds_the_seconds)},
    {RUN(negative_seconds_mean_now)},
    {RUN(deadline_may_start_at_any_moment)},
    {RUN(poll_ms_rounds_up)},
    {RUN(poll_ms_without_a_deadline_is_minus_one)},
    {RUN(poll_ms_of_a_past_deadline_is_zero)},
    {RUN(poll_ms_never_overflows_int)},
    {RUN(sooner_is_the_earlier_one)},
    {RUN(any_deadline_is_sooner_than_none)},
    {RUN(datetime_has_six_digits_of_microseconds)},
    {RUN(datetime_without_microseconds_has_no_fraction)},
    {RUN(datetime_is_local_time)},
    {RUN(datetime_returns_its_buffer)},
    {RUN(datetime_now_is_the_wall_clock_in_microseconds)},
    {RUN(datetime_now_is_not_the_monotonic_clock)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
