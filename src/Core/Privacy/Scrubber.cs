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

    /// <summary>Longer texts are folded into rented arrays.</summary>
    private const int LongestOnStack = 256;

    /// <summary>
    /// Every pattern needs one of these characters, or a character that is folded to one of them, so a text without any is clean. The
    /// hyphen is for <c>--password x</c> and PEM blocks.
    /// </summary>
    private static readonly SearchValues<byte> Triggers =
        SearchValues.Create([.. "0123456789@:=/\\-"u8, .. Folding.LeadsOfCharacters]);

    /// <summary>Whether scrubbing doesn't change the text.</summary>
    public static bool IsClean(ReadOnlySpan<byte> utf8, ScrubScope scope = ScrubScope.Text) =>
        HasNoTrigger(utf8) || !TryPass(utf8, scope, isDryRun: true, out _);

    /// <summary>Scrubs a text. Returns false, without an allocation, if the text is clean.</summary>
    public static bool TryScrub(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out byte[]? scrubbed, ScrubScope scope = ScrubScope.Text)
    {
        scrubbed = null;
        if (HasNoTrigger(utf8))
            return false;
        for (var pass = 0; pass < MaxPasses; pass++)
        {
            if (!TryPass(scrubbed ?? utf8, scope, isDryRun: false, out var changed))
                return scrubbed is not null;
            scrubbed = changed;
        }

        if (!IsClean(scrubbed, scope))
            scrubbed = "[scrubbed]"u8.ToArray();
        return scrubbed is not null;
    }

    /// <summary>Scrubs a text and returns the result.</summary>
    public static string Scrub(string text, ScrubScope scope = ScrubScope.Text) =>
        TryScrub(Encoding.UTF8.GetBytes(text), out var scrubbed, scope) ? Encoding.UTF8.GetString(scrubbed) : text;

    /// <summary>
    /// Returns which values of a metadata or context key, such as <c>db_password</c>, are secrets; see <c>secret_keys</c> in the
    /// specification.
    /// </summary>
    internal static SecretKey SecretOf(ReadOnlySpan<byte> key)
    {
        var start = Folding.Start(key);
        if (start < 0 || key.Length > LongestOnStack)
            return SecretNames.OfKey(key);
        Span<byte> copy = stackalloc byte[LongestOnStack];
        Span<int> positions = stackalloc int[LongestOnStack + 1];
        return SecretNames.OfKey(copy[..Folding.Fold(key, start, copy, positions)]);
    }

    // The password in a line of .netrc needs no such character.
    private static bool HasNoTrigger(ReadOnlySpan<byte> utf8) => utf8.IndexOfAny(Triggers) < 0 && utf8.IndexOf("machine"u8) < 0;

    /// <summary>Makes one pass. Returns false if it finds nothing.</summary>
    private static bool TryPass(ReadOnlySpan<byte> text, ScrubScope scope, bool isDryRun, out byte[]? changed)
    {
        var start = Folding.Start(text);
        return start < 0 ? TryReplace(text, text, [], scope, isDryRun, out changed) : TryFolded(text, start, scope, isDryRun, out changed);
    }

    private static bool TryFolded(ReadOnlySpan<byte> text, int start, ScrubScope scope, bool isDryRun, out byte[]? changed)
    {
        if (text.Length <= LongestOnStack)
        {
            Span<byte> copy = stackalloc byte[LongestOnStack];
            Span<int> positions = stackalloc int[LongestOnStack + 1];
            return TryReplace(text, copy[..Folding.Fold(text, start, copy, positions)], positions, scope, isDryRun, out changed);
        }

        var rentedCopy = ArrayPool<byte>.Shared.Rent(text.Length);
        var rentedPositions = ArrayPool<int>.Shared.Rent(text.Length + 1);
        try
        {
            var length = Folding.Fold(text, start, rentedCopy, rentedPositions);
            return TryReplace(text, rentedCopy.AsSpan(0, length), rentedPositions, scope, isDryRun, out changed);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rentedCopy);
            ArrayPool<int>.Shared.Return(rentedPositions);
        }
    }

    /// <summary>
    /// Looks for the patterns in the folded copy, and replaces them in the text at the <paramref name="positions"/> of the copy's bytes;
    /// none if the copy is the text itself.
    /// </summary>
    private static bool TryReplace(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> folded,
        ReadOnlySpan<int> positions,
        ScrubScope scope,
        bool isDryRun,
        out byte[]? changed)
    {
        changed = null;
        var scanner = new ScrubScanner(folded, scope);
        if (!scanner.TryFindNext(0, out var hit))
            return false;
        if (isDryRun)
            return true;
        var output = new ArrayBufferWriter<byte>(text.Length + 16);
        var copied = 0;
        do
        {
            output.Write(text[copied..(positions.IsEmpty ? hit.Start : positions[hit.Start])]);
            output.Write(hit.Replacement.Utf8());
            copied = positions.IsEmpty ? hit.End : positions[hit.End];
        }
        while (scanner.TryFindNext(hit.Next, out hit));
        output.Write(text[copied..]);
        changed = output.WrittenSpan.ToArray();
        return true;
    }
}
