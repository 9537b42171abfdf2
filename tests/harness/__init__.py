"""Test düzeneği: otuz dersin testleri bununla yazılır.

Bir ders testi öykü gibi okunur: sunucu başlar, karşı taraf bağlanır, bir şey söyler, bir şey bekler. Adı
`tests/test_NN_ad.py` olan dosya, bildirimdeki NN numaralı dersin testidir. Örnek:

    from harness.patterns import DATETIME
    from harness.peer import TcpPeer

    WELCOME = re.compile(f"Hoşgeldiniz! Bağlantı zamanı: {DATETIME}")


    def test_split_character_is_one_line(start_server, host):
        \"\"\"Parçalara bölünmüş bir karakter yanıtı bozmaz.\"\"\"
        server = start_server(host=host)
        peer = TcpPeer.connect(server)
        peer.expect_line(WELCOME)
        peer.send_segments(b"a\\xc5", b"\\x9f\\n")
        peer.expect("Echo: aş\\n")
        peer.half_close()
        peer.expect_eof()


    def test_document_conversation(start_server, run_client, pairing, proxied, chunking):
        \"\"\"Belgenin konuşması her eşleşmede ve akışın her kesilişinde aynıdır.\"\"\"
        proxy = proxied(start_server(), chunking)
        result = run_client(to=proxy)
        assert "Cevap: Echo: Hello Server" in result.out_lines

Kurallar:

- Port yazılmaz, `sleep` ile beklenmez: `start_server` boş port ister ve hazır olma satırını bekler; her beklentinin
  zaman sınırı vardır. Gerçekten bir süre geçmesi gerekiyorsa o süre, olayın sınırı olarak beklentiye verilir.
- Test bitince istemciler gider, çalışan sunucu SIGTERM alır ve 0 koduyla, sanitizer bulgusu ve geride süreç
  bırakmadan biter; bitmezse test başarısızdır. Susan istemcilerle kapanış sınanacaksa test `stop()` çağırır. Testin
  konusu düzgün bitişin tersiyse: `start_server(orderly=False)`.
- `pairing` parametresi testi C-C, C-Python ve Python-C eşleşmelerinde koşturur; Python karşılıkları
  `tests/peers/NN_ad_server.py` ve `..._client.py` dosyalarıdır.
- Bir yetenek isteyen test (`@needs("ipv6")`) yetenek yoksa atlanır ve sayılır; CI'da başarısız olur.
- `--server` ya da `--client` ile verilen program yalnız sayfanın Sözleşme bölümüyle ve ortak sözleşmeyle bağlıdır; testler
  de yalnız onları ister. Sözü ya da iç yapısı dizinin kendi programına özgü olan bir ayrıntı (iş parçacığı sayısı, bir
  açıklamanın metni) ayrı bir testte, `@pytest.mark.own_program` ile sınanır; o testler verilen programla koşmaz. Az kullan.
- Her programın uyduğu ortak sözleşme (`--help`, yanlış seçenekler, sinyaller, log biçimi) her ders için
  `tests/test_contract.py`'de sınanır; ders testi onu yinelemez.

Modüller:

    fixtures     start_server, run_client, pairing, host, chunking, proxied ...
    program      başlatılan program: hazır olma, çıktı, durdurma, ölçüler
    peer         TcpPeer, UnixPeer: el ile konuşan istemciler
    listener     TcpListener, UnixListener: istemcileri deneyen, el ile yönetilen sunucular
    datagram     UdpPeer
    proxy        araya giren, kesen, birleştiren, kaydeden vekil sunucu; udp_proxy: kayıp, çoğalma, sıra bozulması
    waiting      eventually: bir koşulun olmasını beklemek
    load         çok bağlantı; interrupts: EINTR yağmuru; wrappers: sınırlar, makine adı, strace
    guardian     pytest öldürülse de programları geride bırakmayan bekçi
    causes       başarısızlığın olası nedeni; failure, difference: iletinin kuruluşu
    contract     her programın ortak sözleşmesi
"""
