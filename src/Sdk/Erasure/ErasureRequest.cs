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
