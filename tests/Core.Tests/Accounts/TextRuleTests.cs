using System.Globalization;
using System.Text;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Tests.Accounts;

public class TextRuleTests
{
    [Theory]
    [InlineData("a@evil.org", "evil.org")]
    [InlineData("a@x17.mail.evil.org", "evil.org")]
    [InlineData("a@x17.example.co.uk", "example.co.uk")]
    [InlineData("a@example.co.uk", "example.co.uk")]
    [InlineData("a@b.bücher.example", "xn--bcher-kva.example")]
    [InlineData("a@x17.abc.io", "abc.io")]
    [InlineData("a@x17.evil.com.br", "evil.com.br")]
    [InlineData("a@x17.evil.ne.jp", "evil.ne.jp")]
    [InlineData("a@x17.co.com", "co.com")]
    [InlineData("a@co.uk", "co.uk")]
    public void Subdomains_belong_to_the_domain_that_their_owner_registered(string address, string domain) =>
        Assert.Equal(domain, EmailAddress.TryParse(address)!.RegisteredDomain);

    [Theory]
    [InlineData("a@example.org", "a@example.org", "a@example.org")]
    [InlineData(" Ada+tag@Sub.Example.org ", "ada+tag@sub.example.org", "Ada+tag@sub.example.org")]
    [InlineData("ü@exämple.org", "ü@xn--exmple-cua.org", "ü@xn--exmple-cua.org")]
    [InlineData("U\u0308@EXA\u0308MPLE.org", "ü@xn--exmple-cua.org", "Ü@xn--exmple-cua.org")]
    [InlineData("ü@XN--Exmple-cua.org", "ü@xn--exmple-cua.org", "ü@xn--exmple-cua.org")]
    [InlineData("пётр@пример.рф", "пётр@xn--e1afmkfd.xn--p1ai", "пётр@xn--e1afmkfd.xn--p1ai")]
    [InlineData("用户@例え。テスト", "用户@xn--r8jz45g.xn--zckzah", "用户@xn--r8jz45g.xn--zckzah")]
    [InlineData("علی\u200cرضا@example.org", "علی\u200cرضا@example.org", "علی\u200cرضا@example.org")]
    public void All_spellings_of_a_mailbox_have_one_key_and_one_domain(string text, string key, string mailbox)
    {
        var email = EmailAddress.TryParse(text)!;
        Assert.Equal((text.Trim().Normalize(), key, mailbox), (email.Text, email.Key, email.Mailbox));
        Assert.Equal(mailbox[(mailbox.IndexOf('@') + 1)..], email.Domain);
        Assert.Equal(!Ascii.IsValid(mailbox), email.NeedsUtf8);
        Assert.DoesNotContain("@", email.ToString());
        Assert.Equal(email, EmailAddress.OfStored(text));
    }

    [Theory]
    [InlineData("J\u030Can", "\u01F0an")]
    [InlineData("J\u030Can", "j\u030Can")]
    [InlineData("\u0130rem", "i\u0307rem")]
    [InlineData("H\u0331", "\u1E96")]
    [InlineData("\u03A5\u0313", "\u1F50")]
    public void Letters_whose_lower_case_form_is_composed_are_one_mailbox(string one, string other) =>
        Assert.Equal(EmailAddress.TryParse($"{one}@example.org")!.Key, EmailAddress.TryParse($"{other}@example.org")!.Key);

    [Fact]
    public void The_key_is_the_same_for_all_spellings_of_all_letters_with_up_to_two_marks()
    {
        var runes = Enumerable.Range(0x80, 0x10FFFF - 0x80).Where(Rune.IsValid).Select(value => new Rune(value))
            .Where(rune => Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark).ToArray();
        string[] letters =
            [.. "AaIiJjHhWwYyTtSsOoUuKk".Select(c => $"{c}"), .. runes.Where(rune => Rune.IsLetter(rune)).Select(rune => $"{rune}")];
        // The marks that compose with a letter, and one that doesn't.
        string[] marks =
        [
            .. runes.Select(rune => $"{rune}".Normalize(NormalizationForm.FormD)).Where(text => text.EnumerateRunes().Count() > 1)
                .SelectMany(text => text.EnumerateRunes().Skip(1)).Where(rune => !Rune.IsLetter(rune)).Distinct().Select(rune => $"{rune}"),
            "\u0360",
        ];
        foreach (var letter in letters)
        {
            Check(letter);
            // Most scripts have no marks that compose with their letters.
            if (letter.Length > 1 || letter[0] > '\u2FFF' || !char.IsLower(letter[0]) && !char.IsUpper(letter[0]))
                continue;
            foreach (var mark in marks)
            {
                Check(letter + mark);
                if (char.IsAscii(letter[0]))
                    Check(letter + "\u0307" + mark);
            }
        }

        static void Check(string local)
        {
            if (EmailAddress.TryParse($"{local}@example.org") is not { } email)
                return;
            var key = email.Key;
            string[] spellings =
            [
                key[..^"@example.org".Length], local.ToLowerInvariant(), local.Normalize(NormalizationForm.FormD),
                local.Normalize(NormalizationForm.FormD).ToLowerInvariant(), local.ToLowerInvariant().Normalize(NormalizationForm.FormD),
            ];
            foreach (var spelling in spellings.Distinct().Where(spelling => spelling != local))
                Assert.Equal(key, EmailAddress.TryParse($"{spelling}@example.org")?.Key);
        }
    }

    [Fact]
    public void No_character_is_too_much_for_the_parser()
    {
        foreach (var rune in Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value)))
            Assert.NotNull(EmailAddress.TryParse($"a{rune}@example.org")?.Key ?? EmailAddress.OfStored($"a{rune}@example.org").Key);
    }

    [Theory]
    [InlineData("A..B@example.org", "a..b@example.org", "example.org")]
    [InlineData("a@My_Host.example", "a@my_host.example", "my_host.example")]
    [InlineData("nobody", "@nobody", "nobody")]
    public void A_stored_address_that_breaks_todays_rules_keeps_its_key(string text, string key, string domain)
    {
        Assert.Null(EmailAddress.TryParse(text));
        var email = EmailAddress.OfStored(text);
        Assert.Equal((text, key, domain), (email.Text, email.Key, email.Domain));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@example.org")]
    [InlineData("a@b")]
    [InlineData("a@.org")]
    [InlineData("a@example..org")]
    [InlineData("a@-example.org")]
    [InlineData("a@b@example.org")]
    [InlineData("a b@example.org")]
    [InlineData("a@example.org\r\nBcc: all@example.org")]
    [InlineData("Ada <a@example.org>")]
    [InlineData("a@example.org,b@example.org")]
    [InlineData("\uD800@example.org")]
    [InlineData("a@\uD800.org")]
    [InlineData("a..b@example.org")]
    [InlineData(".a@example.org")]
    [InlineData("a.@example.org")]
    [InlineData("a\u00A0b@example.org")]
    [InlineData("a\u200Bb@example.org")]
    [InlineData("a\u202Eb@example.org")]
    [InlineData("a\uFE0F@example.org")]
    [InlineData("a\uFE00@example.org")]
    [InlineData("a\u034Fb@example.org")]
    [InlineData("a\u3164@example.org")]
    [InlineData("a\uFFA0@example.org")]
    [InlineData("a\u115F@example.org")]
    [InlineData("a\u17B4@example.org")]
    [InlineData("a\u180B@example.org")]
    [InlineData("a\u2800@example.org")]
    [InlineData("a\U000E0100@example.org")]
    [InlineData("a@my_host.example")]
    [InlineData("a@exa!mple.org")]
    [InlineData("a@example.org.")]
    [InlineData("a@xn--zzzzzz99999.example")]
    [InlineData("a@192.168.1.1")]
    [InlineData("a@１９２.168.1.1")]
    [InlineData("a@localhost")]
    [InlineData("a(comment)@example.org")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org")]
    [InlineData("éééééééééééééééééééééééééééééééééé@example.org")]
    public void What_is_no_address_is_refused(string? text) => Assert.Null(EmailAddress.TryParse(text));

    [Theory]
    [InlineData("Ada's tools", true)]
    [InlineData("研究室", true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData("two\nlines", false)]
    [InlineData("turned \u202E around", false)]
    [InlineData("click https://example.org", false)]
    [InlineData("www.example.org", false)]
    [InlineData("\uD800", false)]
    [InlineData("علی\u200cرضا", true)]
    [InlineData("क्\u200dष", true)]
    [InlineData("\U0001F469\u200d\U0001F4BB dev tools", true)]
    [InlineData("\U0001F3F3\uFE0F\u200d\U0001F308", true)]
    [InlineData("a\u200db", false)]
    [InlineData("\u200cعلی", false)]
    [InlineData("علی\u200c", false)]
    [InlineData("علی\u200c\u200cرضا", false)]
    [InlineData("evil.example/pay", false)]
    [InlineData("Pay at EVIL.Example:8080", false)]
    [InlineData("evil.example?x=1", false)]
    [InlineData("evil.example./pay", false)]
    [InlineData("пример.рф/оплата", false)]
    [InlineData("evil\u3002example/pay", false)]
    [InlineData("evil\uFF0Eexample/pay", false)]
    [InlineData("evil\uFF61example/pay", false)]
    [InlineData("evil\u2024example/pay", false)]
    [InlineData("evil.example\u2215pay", false)]
    [InlineData("evil.example\u2044pay", false)]
    [InlineData("evil.example\u29F8pay", false)]
    [InlineData("evil.example\uFF0Fpay", false)]
    [InlineData("evil.example\uFF1A8080", false)]
    [InlineData("evil.example\uA789 8080", false)]
    [InlineData("evil.example\u22368080", false)]
    [InlineData("evil.example\uFF1Fx", false)]
    [InlineData("ｅｖｉｌ.ｅｘａｍｐｌｅ/pay", false)]
    [InlineData("https\uFF1A//example.org", false)]
    [InlineData("http:\\\\x", false)]
    [InlineData("http:/\\x", false)]
    [InlineData("http:\u2215\u2215x", false)]
    [InlineData("ＷＷＷ.example.org", false)]
    [InlineData("www\u3002example\u3002org", false)]
    [InlineData("a@evil.example", false)]
    [InlineData("Write to a\uFF20evil\u3002example now", false)]
    [InlineData("a\u2060@evil.example", false)]
    [InlineData("Ada @ work", true)]
    [InlineData("@ada", true)]
    [InlineData("研究室。東京", true)]
    [InlineData("½ of them", true)]
    [InlineData("Team: A", true)]
    [InlineData("C:\\tools", true)]
    [InlineData("Node.js tools", true)]
    [InlineData("v1.2/x", true)]
    [InlineData("booking.com", true)]
    [InlineData("A/B tests", true)]
    public void A_name_is_one_short_printable_line(string text, bool good) =>
        Assert.Equal(good, DisplayName.TryParse(text) is not null);

    [Fact]
    public void A_name_has_at_most_80_characters_however_many_units_they_take()
    {
        var emoji = string.Concat(Enumerable.Repeat("\U0001F600", 80));
        Assert.Equal(emoji, DisplayName.TryParse(emoji));
        Assert.Null(DisplayName.TryParse(emoji + "a"));
        Assert.Null(DisplayName.TryParse(new string('a', 81)));
    }

    [Theory]
    [InlineData("evil.example", "evil\u200c.example")]
    [InlineData("Ask Node.js v1.2 Inc. now", "Ask Node\u200c.js v1\u200c.2 Inc. now")]
    [InlineData("Ada's tools...", "Ada's tools...")]
    [InlineData("evil\u3002example", "evil\u200c\u3002example")]
    [InlineData("evil\uFF0Eexample", "evil\u200c\uFF0Eexample")]
    [InlineData("evil\u2024example", "evil\u200c\u2024example")]
    [InlineData("evil\uFF61example", "evil\u200c\uFF61example")]
    public void No_mail_program_finds_a_host_in_the_name_of_a_mail(string name, string shown) =>
        Assert.Equal(shown, DisplayName.Unlinked(name));

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux")]
    [InlineData(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
        "Edge", "Windows")]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
        "Chrome", "Android")]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/604.1",
        "Safari", "iOS")]
    [InlineData("curl/8.5.0", "curl", "other")]
    [InlineData("", "other", "other")]
    public void The_family_of_a_browser_is_read_and_nothing_else(string userAgent, string browser, string os) =>
        Assert.Equal((browser, os), BrowserFamily.Of(userAgent));

    [Fact]
    public void A_token_is_random_and_is_stored_by_its_hash()
    {
        var token = SecretToken.Generate();
        Assert.Equal(SecretToken.Length, token.Length);
        Assert.Equal(SecretToken.Hash(token), SecretToken.TryHash(token));
        Assert.NotEqual(token, SecretToken.Generate());
        Assert.Null(SecretToken.TryHash(null));
        Assert.Null(SecretToken.TryHash(token + "A"));
        Assert.Null(SecretToken.TryHash("!" + token[1..]));
        Assert.NotEqual(token, SecretToken.CsrfOf(token));
        Assert.True(SecretToken.Same("a", "a"));
        Assert.False(SecretToken.Same("a", "b"));
        var pat = ApiTokenText.Generate();
        Assert.NotNull(ApiTokenText.TryHash(pat));
        Assert.Null(ApiTokenText.TryHash(pat[..^1] + "-"));
        Assert.Null(ApiTokenText.TryHash("tk_read_" + pat[7..]));
    }
}
