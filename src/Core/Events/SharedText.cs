using System.Buffers;
using System.Text;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Events;

/// <summary>
/// A text as events keep it – scrubbed, where it came from outside – with what is needed of it again and again.
/// </summary>
internal sealed class SharedText
{
    // Words of 128 bytes and 16,384 of them: at most some 12 MB for each of the two large tables.
    private const int Words = 16_384;
    private const int Versions = 1_024;

    /// <summary>Texts from outside.</summary>
    private static readonly Utf8Cache<SharedText> Received = new(Words, Limits.CountedValueBytes, utf8 => new(utf8, ScrubScope.Text));

    /// <summary>Versions from outside.</summary>
    private static readonly Utf8Cache<SharedText> ReceivedVersions =
        new(Versions, Limits.CountedValueBytes, utf8 => new(utf8, ScrubScope.Version));

    /// <summary>Texts from the store, which were scrubbed before they got there.</summary>
    private static readonly Utf8Cache<SharedText> Stored = new(Words, Limits.CountedValueBytes, utf8 => new(utf8, null));

    /// <summary>The empty text.</summary>
    public static readonly SharedText Empty = new([], null);

    private SharedText(ReadOnlySpan<byte> utf8, ScrubScope? scope)
    {
        if (scope is { } s && Scrubber.TryScrub(utf8, out var scrubbed, s))
        {
            IsScrubbed = true;
            utf8 = scrubbed;
        }

        Text = Encoding.UTF8.GetString(utf8);
        Utf8Length = utf8.Length;
        Hash = Utf8Hash.Compute(utf8);
        var json = new ArrayBufferWriter<byte>(utf8.Length + 2);
        JsonText.Write(json, utf8);
        Json = json.WrittenSpan.ToArray();
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>Its length in bytes.</summary>
    public int Utf8Length { get; }

    /// <summary>Its <see cref="Utf8Hash"/>.</summary>
    public ulong Hash { get; }

    /// <summary>The text as a JSON string, quotes and all.</summary>
    public byte[] Json { get; }

    /// <summary>Whether scrubbing changed it.</summary>
    public bool IsScrubbed { get; }

    /// <summary>A text from outside, scrubbed; shared with all others that are equal, where it comes often.</summary>
    public static SharedText Of(ReadOnlySpan<byte> utf8, ScrubScope scope = ScrubScope.Text) =>
        (scope == ScrubScope.Version ? ReceivedVersions : Received).Find(utf8) ?? new(utf8, scope);

    /// <summary>Just the scrubbed text: what costs least where it is not shared.</summary>
    public static string TextOf(ReadOnlySpan<byte> utf8)
    {
        if (Received.Find(utf8) is { } shared)
            return shared.Text;
        return Encoding.UTF8.GetString(Scrubber.TryScrub(utf8, out var scrubbed) ? scrubbed : utf8);
    }

    /// <summary>The same where it is shared already; <c>null</c> where the caller may do with less than all of this.</summary>
    public static SharedText? Find(ReadOnlySpan<byte> utf8) => Received.Find(utf8);

    /// <summary>A text from the store.</summary>
    public static string OfStored(ReadOnlySpan<byte> utf8) => Stored.Find(utf8)?.Text ?? Encoding.UTF8.GetString(utf8);
}
