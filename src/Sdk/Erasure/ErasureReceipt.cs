using System.Globalization;
using System.Text;
using TelemetryKit.Json;

namespace TelemetryKit.Erasure;

/// <summary>A server's signed statement about an erasure.</summary>
internal sealed class ErasureReceipt
{
    private const int MaxIdLength = 100;

    // The members that are signed, in the order of the signed text.
    private static readonly string[] SignedMembers =
        ["id", "project", "asked_at", "state", "done_at", "events_erased", "key_id"];

    private readonly Dictionary<string, object?> _members;

    private ErasureReceipt(string json, Dictionary<string, object?> members)
    {
        Json = json;
        _members = members;
    }

    /// <summary>The receipt as the server sent it.</summary>
    public string Json { get; }

    /// <summary>The erasure's id.</summary>
    public string Id => Text("id")!;

    /// <summary>When the server received the request.</summary>
    public string AskedAt => Text("asked_at")!;

    /// <summary>When it was done; null while it waits.</summary>
    public string? DoneAt => Text("state") == "done" ? Text("done_at") : null;

    /// <summary>How many events were erased; null while it waits.</summary>
    public long? EventsErased => DoneAt is null ? null : Member("events_erased") as long?;

    public string? Project => Text("project");

    public string? KeyId => Text("key_id");

    public string? Signature => Text("signature");

    /// <summary>Reads a receipt. Returns null if the text is none, because another server responded.</summary>
    public static ErasureReceipt? TryRead(string json)
    {
        if (JsonReader.TryReadObject(json) is not { } members)
            return null;
        var receipt = new ErasureReceipt(json, members);
        return IsPlain(receipt.Text("id")) && receipt.Text("asked_at") is not null && receipt.Text("state") is not null ? receipt : null;
    }

    /// <summary>Returns the text that the server has signed.</summary>
    public byte[] SignedText()
    {
        var text = new StringBuilder();
        foreach (var name in SignedMembers)
        {
            if (Member(name) is { } value)
                text.Append(name).Append('=').Append(Convert.ToString(value, CultureInfo.InvariantCulture)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private string? Text(string name) => Member(name) as string;

    private object? Member(string name) => _members.TryGetValue(name, out var value) ? value : null;

    // The id becomes a part of an address.
    private static bool IsPlain(string? id)
    {
        if (id is not { Length: > 0 and <= MaxIdLength })
            return false;
        foreach (var c in id)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_'))
                return false;
        }

        return true;
    }
}
