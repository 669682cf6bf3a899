using System.Security.Cryptography;
using TelemetryKit.Core.Secrets;

namespace TelemetryKit.Core.Tests.Secrets;

public class ServerSecretTests
{
    private static readonly byte[] Plain = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    // Computed with other implementations of HKDF and AES-GCM.
    private const string Golden =
        "01360958B58ADBC921000102030405060708090A0BC887EFFF97C953176F36B632CA6060B0"
        + "9A02D2C8D705ACA61284D8194EFC2AF6FE8EEB2ED1EB86B8BB9FD323B3D620D4";

    private static readonly byte[] Place = "project:1"u8.ToArray();

    [Fact]
    public void A_sealed_value_is_opened_for_its_row_only()
    {
        var secrets = New();
        var value = secrets.Seal(Plain, Place);
        Assert.Equal(Plain, secrets.Open(value, Place));
        Assert.ThrowsAny<CryptographicException>(() => secrets.Open(value, "project:2"u8));
        Assert.NotEqual(value, secrets.Seal(Plain, Place));
    }

    [Fact]
    public void A_value_in_which_any_bit_was_changed_is_not_opened()
    {
        var secrets = New();
        var value = secrets.Seal(Plain, Place);
        for (var i = 0; i < value.Length * 8; i++)
        {
            var changed = value.ToArray();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            var fault = Record.Exception(() => secrets.Open(changed, Place));
            Assert.True(fault is CryptographicException or ServerSecretException, $"Bit {i}: {fault}");
        }

        for (var length = 0; length < value.Length; length++)
        {
            var fault = Record.Exception(() => secrets.Open(value.AsSpan(0, length), Place));
            Assert.True(fault is CryptographicException or ServerSecretException, $"Length {length}: {fault}");
        }
    }

    [Fact]
    public void During_a_rotation_both_secrets_open_and_the_current_one_seals()
    {
        var (old, current) = (New().Current, New().Current);
        var former = new ServerSecrets(old).Seal(Plain, Place);
        var both = new ServerSecrets(current, old);
        Assert.Equal(Plain, both.Open(former, Place));
        Assert.False(both.IsCurrent(former));
        var value = both.Seal(Plain, Place);
        Assert.True(both.IsCurrent(value));
        Assert.Equal(Plain, new ServerSecrets(current).Open(value, Place));
        Assert.Throws<ServerSecretException>(() => new ServerSecrets(current).Open(former, Place));
    }

    // The bytes are stored: another derivation would lose the data of existing servers.
    [Fact]
    public void A_value_that_was_sealed_by_the_first_version_is_opened()
    {
        var secrets = new ServerSecrets(ServerSecret.TryParse(" " + string.Concat(Enumerable.Repeat("0123456789", 5)) + "\n")!);
        Assert.Equal("360958B58ADBC921", Convert.ToHexString(secrets.Current.Id));
        Assert.Equal(Plain, secrets.Open(Convert.FromHexString(Golden), Place));
    }

    [Fact]
    public void Generated_secrets_and_those_of_openssl_are_accepted()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Assert.NotNull(ServerSecret.TryParse(ServerSecret.Generate()));
            Assert.NotNull(ServerSecret.TryParse(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));
            Assert.NotNull(ServerSecret.TryParse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("password")]
    [InlineData("1234567890123456789012345678901234567890 ")]
    [InlineData("abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc")]
    public void A_text_that_can_be_guessed_is_not_a_secret(string text) => Assert.Null(ServerSecret.TryParse(text));

    private static ServerSecrets New() => new(ServerSecret.TryParse(ServerSecret.Generate())!);
}
