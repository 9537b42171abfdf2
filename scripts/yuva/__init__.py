"""scripts/ altındaki komutların (lesson, test, check) arkasındaki paket. Yalnız standart kütüphane kullanılır."""
