using System.Buffers;
using System.Text;
using TelemetryKit.Core.Privacy;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Events;

/// <summary>
/// A text of events, scrubbed if it was received from a client, with its derived forms. Frequent texts share one instance.
/// </summary>
internal sealed class SharedText
{
    // 16,384 words of at most 128 bytes: about 12 MB for each of the two large caches.
    private const int Words = 16_384;
    private const int Versions = 1_024;

    /// <summary>Texts that were received.</summary>
    private static readonly Utf8Cache<SharedText> Received = new(Words, Limits.CountedValueBytes, utf8 => new(utf8, ScrubScope.Text));

    /// <summary>Versions that were received.</summary>
    private static readonly Utf8Cache<SharedText> ReceivedVersions =
        new(Versions, Limits.CountedValueBytes, utf8 => new(utf8, ScrubScope.Version));

    /// <summary>Texts from the store, which were scrubbed before they were stored.</summary>
    private static readonly Utf8Cache<SharedText> Stored = new(Words, Limits.CountedValueBytes, utf8 => new(utf8, null));

    /// <summary>The empty text.</summary>
    public static readonly SharedText Empty = new([], null);

    private SharedText(ReadOnlySpan<byte> utf8, ScrubScope? scope)
    {
        Secret = scope is null ? SecretKey.None : Scrubber.SecretOf(utf8);
        if (scope is { } s && Scrubber.TryScrub(utf8, out var scrubbed, s))
        {
            IsScrubbed = true;
            utf8 = scrubbed;
        }

        Text = Encoding.UTF8.GetString(utf8);
        Utf8Length = utf8.Length;
        Hash = Utf8Hash.Compute(utf8);
        Json = JsonOf(utf8);
    }

    /// <summary>The text.</summary>
    public string Text { get; }

    /// <summary>The length of the text in UTF-8 bytes.</summary>
    public int Utf8Length { get; }

    /// <summary>The <see cref="Utf8Hash"/> of the text.</summary>
    public ulong Hash { get; }

    /// <summary>The text as a JSON string, with quotes.</summary>
    public byte[] Json { get; }

    /// <summary>The text in lower case (<see cref="ContextNames.Normalised"/>) as a JSON string.</summary>
    public byte[] LowerJson => field ??= JsonOf(Encoding.UTF8.GetBytes(ContextNames.Normalised(Text)));

    /// <summary>If the text is a key of metadata or context: which of its values are secrets.</summary>
    public SecretKey Secret { get; }

    /// <summary>Whether scrubbing changed the text.</summary>
    public bool IsScrubbed { get; }

    /// <summary>Returns a received text, scrubbed. Frequent equal texts share one instance.</summary>
    public static SharedText Of(ReadOnlySpan<byte> utf8, ScrubScope scope = ScrubScope.Text) =>
        (scope == ScrubScope.Version ? ReceivedVersions : Received).Find(utf8) ?? new(utf8, scope);

    /// <summary>Returns only the scrubbed text, which is cheaper if the text isn't shared.</summary>
    public static string TextOf(ReadOnlySpan<byte> utf8)
    {
        if (Received.Find(utf8) is { } shared)
            return shared.Text;
        return Encoding.UTF8.GetString(Scrubber.TryScrub(utf8, out var scrubbed) ? scrubbed : utf8);
    }

    /// <summary>Returns a received text if it is shared, or <c>null</c>; then the caller derives only what it needs.</summary>
    public static SharedText? Find(ReadOnlySpan<byte> utf8) => Received.Find(utf8);

    /// <summary>Returns a text from the store.</summary>
    public static string OfStored(ReadOnlySpan<byte> utf8) => Stored.Find(utf8)?.Text ?? Encoding.UTF8.GetString(utf8);

    private static byte[] JsonOf(ReadOnlySpan<byte> utf8)
    {
        var json = new ArrayBufferWriter<byte>(utf8.Length + 2);
        JsonText.Write(json, utf8);
        return json.WrittenSpan.ToArray();
    }
}
