namespace TelemetryKit.Core.Privacy;

/// <summary>The words that precede a secret, such as <c>password</c>, <c>token</c> and <c>api_key</c>, in any case.</summary>
internal static class SecretNames
{
    private static readonly byte[][] Words = ByteClasses.Words("password passwd passphrase pwd secret token");
    private static readonly byte[][] BeforeKey = ByteClasses.Words("api access account private secret signing shared");

    /// <summary>Returns the length in bytes of the word at <paramref name="at"/>, or 0 if there is none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text, int at)
    {
        // All words start with one of four letters, so most positions need no look-up.
        if (at >= text.Length || (text[at] | 0x20) is not ('p' or 's' or 't' or 'a'))
            return 0;
        foreach (var word in BeforeKey)
        {
            if (!text.HasIgnoringCase(at, word))
                continue;
            var key = at + word.Length;
            if (key < text.Length && text[key] is (byte)'_' or (byte)'-')
                key++;
            if (text.HasIgnoringCase(key, "key"u8))
                return key + 3 - at;
        }

        foreach (var word in Words)
        {
            if (text.HasIgnoringCase(at, word))
                return word.Length;
        }

        return 0;
    }
}
