# shellcheck shell=sh
# Başlatıcıların (lesson, test, check) ortak girişi: uygun bir Python bulur, yoksa kurar, sonra sözü ona bırakır.
# POSIX sh ile yazıldı, çünkü ilk komut yazıldığında makinede Python olmayabilir. Kendi yerini bulamaz (POSIX'te
# yolu yoktur); onu çağıran betik önce `scripts` değişkenine bu klasörü koyar. Paket kuran tek yer de burasıdır:
# yuva/packages.py eksiği bulur, kurmayı install_packages'e bırakır.

# need_python [MODÜL...]: verilen modülleri de olan bir Python'ı `python` değişkenine koyar; gerekirse kurar.
need_python() {
    find_python "$@" && return
    python_packages=python3
    for module in "$@"; do
        case $module in
        xdist) python_packages="$python_packages python3-pytest-xdist" ;;
        *) python_packages="$python_packages python3-$module" ;;
        esac
    done
    # shellcheck disable=SC2086  # paket adları boşlukla ayrılır
    install_packages "betikler Python 3.10 ya da yenisiyle çalışır${*:+; istenen modüller: $*}" $python_packages || exit 1
    find_python "$@" && return
    complain "Kurulan Python da uymadı: 3.10 ya da yenisi${*:+ ve $* modülleri} gerekli." \
        "Uygun bir Python'ın yolunu ver: YUVA_PYTHON=/yol/python3"
    exit 1
}

# find_python [MODÜL...]: kurmadan arar; bulursa yolunu `python` değişkenine koyar.
find_python() {
    for candidate in "${YUVA_PYTHON:-}" python3 /usr/bin/python3; do
        if [ -n "$candidate" ] && python=$(suitable_python "$candidate" "$@"); then
            return 0
        fi
    done
    return 1
}

# Yorumlayıcı uygunsa gerçek yolunu yazar (python3, pyenv'in yavaş bir kabuk betiği olabilir).
# json da aranır: Ubuntu'nun python3-minimal paketinde yorumlayıcı vardır, standart kütüphane eksiktir.
suitable_python() {
    interpreter=$1
    shift
    "$interpreter" -c '
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from importlib.util import find_spec
if sys.version_info < (3, 10) or not all(map(find_spec, sys.argv[1:])):
    sys.exit(1)
print(sys.executable)
' json "$@" 2>/dev/null
}

# run_tool ARAÇ [ARGÜMAN...]: yuva/ARAÇ.py içindeki main'i çalıştırır; süreç artık odur. Bulunulan klasör modül
# yolundan çıkarılır (öğrencinin socket.py dosyası standart kütüphanenin yerine geçmesin), derlenmiş modüller ise
# derleme klasöründe durur, ağaç temiz kalır.
run_tool() {
    case ${YUVA_BUILD_DIR:-/} in
    /*) ;;
    *) export YUVA_BUILD_DIR="$PWD/$YUVA_BUILD_DIR" ;;
    esac
    export PYTHONPYCACHEPREFIX="${YUVA_BUILD_DIR:-$scripts/../build}/pycache"
    exec "$python" -c '
import sys
sys.path[:] = [sys.argv[1]] + [folder for folder in sys.path if folder]
from yuva.entry import start
sys.exit(start(sys.argv[2], sys.argv[3:]))
' "$scripts" "$@"
}

# install_packages NEDEN PAKET...: Debian paketlerini kurar; kuramazsa ne yazılacağını söyler ve 1 döner.
install_packages() {
    reason=$1
    shift
    if ! command -v apt-get >/dev/null 2>&1; then
        complain "Eksik: $reason." "Bu sistemde apt-get yok. Şu Debian paketlerinin karşılığını kur: $*"
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            complain "Eksik: $reason." "Kurmak için yönetici hakkı gerekir, sudo ise yok. root olarak şunu yaz:" \
                "    apt-get update && apt-get install --no-install-recommends $*"
            return 1
        fi
        as_root=sudo
    fi
    complain "Kuruluyor: $* ($reason)" "apt-get çalışıyor; ilk seferde birkaç dakika sürebilir${as_root:+, sudo parola sorabilir}."
    if package_lists_present && apt_get install --no-install-recommends "$@"; then
        return 0
    fi
    complain "Paket listeleri yenileniyor: apt-get update"
    if apt_get update && apt_get install --no-install-recommends "$@"; then
        return 0
    fi
    complain "$apt_output" "apt-get başarısız oldu; çıktısı yukarıda. Kurulamayan: $*"
    return 1
}

package_lists_present() {
    for list in /var/lib/apt/lists/*_Packages*; do
        [ -e "$list" ] && return 0
    done
    return 1
}

# Çıktısı yalnız başarısızlıkta gösterilsin diye apt_output değişkeninde toplanır. Başka bir apt sürüyorsa
# (yeni açılmış Ubuntu'da kendiliğinden güncelleme) kilidi en çok 300 saniye beklenir.
apt_get() {
    apt_output=$($as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 "$@" 2>&1)
}

complain() {
    printf '%s\n' "$@" >&2
}
