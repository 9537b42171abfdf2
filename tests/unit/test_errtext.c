/* base/errtext: errno ve getaddrinfo hatalarının Türkçesi. */
#include "base/errtext.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "check.h"

static void known_error_has_turkish_text(void)
{
    CHECK_TEXT_EQ(error_text(ECONNREFUSED), "bağlantı reddedildi");
    CHECK_TEXT_EQ(error_text(ETIMEDOUT), "zaman aşımı");
    CHECK_TEXT_EQ(error_text(EADDRINUSE), "adres kullanımda");
    CHECK_TEXT_EQ(error_text(ECONNRESET), "bağlantı karşı tarafça sıfırlandı");
    CHECK_TEXT_EQ(error_text(EMFILE), "sürecin dosya tanımlayıcısı kalmadı");
    CHECK_TEXT_EQ(error_text(ENFILE), "sistemin dosya tanımlayıcısı kalmadı");
}

static void negative_error_means_the_same(void)
{
    CHECK_TEXT_EQ(error_text(-ECONNREFUSED), "bağlantı reddedildi");
    CHECK_TEXT_EQ(error_text(-ETIMEDOUT), "zaman aşımı");
}

static void zero_is_not_an_error(void)
{
    CHECK_TEXT_EQ(error_text(0), "hata yok");
}

static void unlisted_error_has_the_systems_text(void)
{
    CHECK_TEXT_EQ(error_text(ENOTTY), strerrordesc_np(ENOTTY));
    CHECK_TEXT_EQ(error_text(-ENOTTY), strerrordesc_np(ENOTTY));
}

static void number_that_is_no_error_still_has_text(void)
{
    CHECK_TEXT_EQ(error_text(99999), "bilinmeyen hata");
    CHECK_TEXT_EQ(error_text(-99999), "bilinmeyen hata");
}

static void every_errno_has_its_own_text(void)
{
    for (int a = 0; a < 134; a++)
        for (int b = a + 1; b < 134; b++)
            if (strerrorname_np(a) && strerrorname_np(b))
                if (strcmp(error_text(a), error_text(b)) == 0)
                    CHECK_TEXT_EQ(strerrorname_np(a), strerrorname_np(b));
}

static void known_resolver_error_has_turkish_text(void)
{
    CHECK_TEXT_EQ(gai_text(EAI_NONAME), "ad bilinmiyor");
    CHECK_TEXT_EQ(gai_text(EAI_AGAIN), "ad sunucusu şu an yanıt vermiyor");
}

static void unlisted_resolver_error_has_the_systems_text(void)
{
    CHECK_TEXT_EQ(gai_text(EAI_ADDRFAMILY), gai_strerror(EAI_ADDRFAMILY));
}

static void resolver_system_error_reads_errno(void)
{
    errno = EMFILE;
    CHECK_TEXT_EQ(gai_text(EAI_SYSTEM), "sürecin dosya tanımlayıcısı kalmadı");
}

static void only_missing_resources_are_a_shortage(void)
{
    const int shortages[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM};
    for (size_t i = 0; i < sizeof shortages / sizeof *shortages; i++) {
        CHECK_TRUE(error_is_shortage(shortages[i]));
        CHECK_TRUE(error_is_shortage(-shortages[i]));
    }
    CHECK_TRUE(!error_is_shortage(0));
    CHECK_TRUE(!error_is_shortage(EAGAIN));
    CHECK_TRUE(!error_is_shortage(ECONNABORTED));
}

static const struct check_test tests[] = {
    {RUN(known_error_has_turkish_text)},
    {RUN(negative_error_means_the_same)},
    {RUN(zero_is_not_an_error)},
    {RUN(unlisted_error_has_the_systems_text)},
    {RUN(number_that_is_no_error_still_has_text)},
    {RUN(every_errno_has_its_own_text)},
    {RUN(known_resolver_error_has_turkish_text)},
    {RUN(unlisted_resolver_error_has_the_systems_text)},
    {RUN(resolver_system_error_reads_errno)},
    {RUN(only_missing_resources_are_a_shortage)},
};

int main(void)
{
    return CHECK_RUN(tests);
}
