using System.Text.Json.Serialization;

namespace TelemetryKit.Api.Erasures;

/// <summary>A request of a user of a tool to erase what it sent.</summary>
/// <param name="Secret">The secret of the install: 32 bytes, base64url without padding.</param>
/// <param name="ServiceName">The name of the service that the <c>user_id</c> was derived with, 1 to 128 characters.</param>
internal sealed record EraseBody(string? Secret, string? ServiceName);

/// <summary>The receipt of an erasure.</summary>
/// <param name="Id">The id, with which the receipt can be read again.</param>
/// <param name="Project">The id of the project.</param>
/// <param name="AskedAt">The time of the request. Events that were accepted before are erased.</param>
/// <param name="State"><c>waiting</c> or <c>done</c>.</param>
/// <param name="DoneAt">The time of the erasure; absent while it waits.</param>
/// <param name="EventsErased">The number of erased events; absent while it waits.</param>
/// <param name="Signature">The signature: ECDSA with P-256 and SHA-256 in IEEE P1363 format, base64url without padding.</param>
/// <param name="KeyId">The id of the key, which <c>/.well-known/telemetrykit</c> lists.</param>
internal sealed record ReceiptBody(
    Guid Id,
    Guid Project,
    DateTimeOffset AskedAt,
    string State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? DoneAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? EventsErased,
    string Signature,
    string KeyId);

/// <summary>What the server is, and the keys with which its receipts can be verified.</summary>
/// <param name="ApiVersion">The version of the API: the prefix of its paths.</param>
/// <param name="ProtocolVersion">The version of the protocol.</param>
/// <param name="ReceiptKeys">The public keys, newest first. Former ones are kept.</param>
internal sealed record WellKnownBody(string ApiVersion, string ProtocolVersion, IReadOnlyList<ReceiptKeyBody> ReceiptKeys);

/// <summary>A public key.</summary>
/// <param name="KeyId">The id of the key: its JWK thumbprint (RFC 7638).</param>
/// <param name="PublicKey">The key as SubjectPublicKeyInfo, base64.</param>
/// <param name="Jwk">The same key as a JWK (RFC 7517).</param>
/// <param name="CreatedAt">The time of its creation.</param>
/// <param name="RetiredAt">The time from which it signs no more; absent for the current key.</param>
internal sealed record ReceiptKeyBody(
    string KeyId,
    string PublicKey,
    JwkBody Jwk,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? RetiredAt);

/// <summary>A public key as a JWK (RFC 7517).</summary>
/// <param name="Kty">The type, <c>EC</c>.</param>
/// <param name="Crv">The curve, <c>P-256</c>.</param>
/// <param name="X">The x coordinate, base64url.</param>
/// <param name="Y">The y coordinate, base64url.</param>
/// <param name="Kid">The id of the key.</param>
/// <param name="Alg">The algorithm, <c>ES256</c>.</param>
/// <param name="Use">The use, <c>sig</c>.</param>
internal sealed record JwkBody(string Kty, string Crv, string X, string Y, string Kid, string Alg, string Use);
