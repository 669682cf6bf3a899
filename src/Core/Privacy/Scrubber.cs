using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace TelemetryKit.Core.Privacy;

/// <summary>
/// Replaces personal data and secrets exactly as <c>spec/scrubbing.json</c> defines. Nearly all strings are clean: these cost one
/// vectorised scan for the characters that all patterns need, or one linear pass, and no allocation.
/// </summary>
public static class Scrubber
{
    /// <summary>The maximum number of passes that change a text; see <c>max_passes</c> in the specification.</summary>
    private const int MaxPasses = 4;

    /// <summary>
    /// Every pattern needs one of these characters, so a text without any is clean. The hyphen is for <c>--password x</c> and PEM blocks.
    /// </summary>
    private static readonly SearchValues<byte> Triggers = SearchValues.Create("0123456789@:=/\\-"u8);

    /// <summary>Whether scrubbing doesn't change the text.</summary>
    public static bool IsClean(ReadOnlySpan<byte> utf8, ScrubScope scope = ScrubScope.Text) =>
        utf8.IndexOfAny(Triggers) < 0 || !new ScrubScanner(utf8, scope).TryFindNext(0, out _);

    /// <summary>Scrubs a text. Returns false, without an allocation, if the text is clean.</summary>
    public static bool TryScrub(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out byte[]? scrubbed, ScrubScope scope = ScrubScope.Text)
    {
        scrubbed = null;
        if (utf8.IndexOfAny(Triggers) < 0)
            return false;
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            var text = scrubbed ?? utf8;
            var scanner = new ScrubScanner(text, scope);
            if (!scanner.TryFindNext(0, out var hit))
                return scrubbed is not null;
            scrubbed = Rewrite(text, ref scanner, hit);
        }

        if (!IsClean(scrubbed, scope))
            scrubbed = "[scrubbed]"u8.ToArray();
        return scrubbed is not null;
    }

    /// <summary>Scrubs a text and returns the result.</summary>
    public static string Scrub(string text, ScrubScope scope = ScrubScope.Text) =>
        TryScrub(Encoding.UTF8.GetBytes(text), out var scrubbed, scope) ? Encoding.UTF8.GetString(scrubbed) : text;

    private static byte[] Rewrite(ReadOnlySpan<byte> text, ref ScrubScanner scanner, ScrubHit hit)
    {
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        var copied = 0;
        do
        {
            output.Write(text[copied..hit.Start]);
            output.Write(hit.Replacement.Utf8());
            copied = hit.End;
        }
        while (scanner.TryFindNext(hit.Next, out hit));
        output.Write(text[copied..]);
        return output.WrittenSpan.ToArray();
    }
}
