using TelemetryKit.Core;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Keys;

/// <summary>What is stored of a new key.</summary>
internal static class NewKeys
{
    /// <summary>Its hash and its first characters: the text itself is stored nowhere.</summary>
    public static NewKey Of(Guid projectId, KeyKind kind, string text, DateTimeOffset now) =>
        new(Guid.CreateVersion7(now), projectId, kind, ApiKey.Hash(text), text[..ApiKey.ShownLength], now);
}
