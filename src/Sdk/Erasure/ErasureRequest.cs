using TelemetryKit.Json;

namespace TelemetryKit.Erasure;

/// <summary>The request of a user to erase an installation: its secret is the proof that it is theirs.</summary>
internal sealed class ErasureRequest(string secret, string serviceName, DateTimeOffset askedAt)
{
    public string Secret => secret;

    public string ServiceName => serviceName;

    public DateTimeOffset AskedAt => askedAt;

    /// <summary>Returns the body of <c>POST /v1/erase</c>.</summary>
    public byte[] ToJson()
    {
        var json = new Utf8Buffer();
        json.Ascii("{\"secret\":");
        json.String(secret);
        json.Ascii(",\"service_name\":");
        json.String(serviceName);
        json.Byte((byte)'}');
        return json.ToArray();
    }
}

/// <summary>A server's signed statement about an erasure.</summary>
/// <param name="id">The erasure's id.</param>
/// <param name="askedAt">When the server received the request.</param>
/// <param name="doneAt">When it was done; null while it waits.</param>
/// <param name="eventsErased">How many events were erased; null while it waits.</param>
/// <param name="json">The receipt as the server sent it, with its signature.</param>
internal sealed class ErasureReceipt(string id, string askedAt, string? doneAt, long? eventsErased, string json)
{
    public string Id => id;

    public string AskedAt => askedAt;

    public string? DoneAt => doneAt;

    public long? EventsErased => eventsErased;

    public string Json => json;

    /// <summary>Reads a receipt. Returns null if the text is none, because another server responded.</summary>
    public static ErasureReceipt? TryRead(string json)
    {
        if (JsonReader.TryReadObject(json) is not { } members
            || !members.TryGetValue("id", out var id) || id is not string { Length: > 0 and <= 100 } text || !IsPlain(text)
            || !members.TryGetValue("asked_at", out var asked) || asked is not string askedAt
            || !members.TryGetValue("state", out var state) || state is not string word)
            return null;
        var isDone = word == "done";
        members.TryGetValue("done_at", out var done);
        members.TryGetValue("events_erased", out var erased);
        return new(text, askedAt, isDone ? done as string : null, isDone ? erased as long? : null, json);
    }

    // The id becomes a part of an address.
    private static bool IsPlain(string id)
    {
        foreach (var c in id)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_'))
                return false;
        }

        return true;
    }
}

/// <summary>Sends erasures. Implemented by backends that have stored events under the user's id.</summary>
internal interface IErasureSender
{
    /// <summary>Sends a request. Returns null if no server has accepted it.</summary>
    Task<ErasureReceipt?> Erase(ErasureRequest request, CancellationToken cancellationToken);

    /// <summary>Returns a receipt as it is now, or null if the server can't be reached.</summary>
    Task<ErasureReceipt?> Receipt(string id, CancellationToken cancellationToken);
}
