namespace TelemetryKit.Core.Privacy;

/// <summary>
/// The words after which a secret stands: <c>password</c>, <c>token</c>, <c>api_key</c> and their like, in any case.
/// </summary>
internal static class SecretNames
{
    private static readonly byte[][] Words = ByteClasses.Words("password passwd passphrase pwd secret token");
    private static readonly byte[][] BeforeKey = ByteClasses.Words("api access account private secret signing shared");

    /// <summary>Bytes of the word that stands at <paramref name="at"/>; 0 where none does.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text, int at)
    {
        // All of them start with one of four letters, which spares most positions the look-up.
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
