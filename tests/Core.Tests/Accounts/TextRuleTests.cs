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
    public void A_name_is_one_short_printable_line(string text, bool good) =>
        Assert.Equal(good, DisplayName.TryParse(text) is not null);

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
