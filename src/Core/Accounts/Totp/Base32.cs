namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>Base32 of RFC 4648 without padding: the alphabet in which authenticator apps take a secret.</summary>
public static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Encodes bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        int buffer = 0, bits = 0, at = 0;
        foreach (var value in bytes)
        {
            buffer = (buffer << 8) | value;
            bits += 8;
            while (bits >= 5)
            {
                bits -= 5;
                text[at++] = Alphabet[(buffer >> bits) & 31];
            }
        }

        if (bits > 0)
            text[at] = Alphabet[(buffer << (5 - bits)) & 31];
        return new string(text);
    }
}
