using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TelemetryKit.Conformance.Tests;

/// <summary>Signs receipts as section 8 of the protocol says. It knows one erasure.</summary>
internal sealed class FakeReceipts : IDisposable
{
    public const string Id = "5f0c2d9e-8b1a-4c3d-9e2f-7a6b5c4d3e2f";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public JsonObject Keys
    {
        get
        {
            var (x, y) = Point();
            return new()
            {
                ["api_version"] = "v1",
                ["protocol_version"] = "1.0",
                ["receipt_keys"] = new JsonArray(new JsonObject
                {
                    ["key_id"] = KeyId,
                    ["public_key"] = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()),
                    ["created_at"] = "2026-11-30T10:00:00Z",
                    ["jwk"] = new JsonObject
                    {
                        ["kty"] = "EC", ["crv"] = "P-256", ["x"] = x, ["y"] = y, ["kid"] = KeyId, ["alg"] = "ES256", ["use"] = "sig",
                    },
                }),
            };
        }
    }

    private string KeyId
    {
        get
        {
            var (x, y) = Point();
            var jwk = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
            return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(jwk)));
        }
    }

    public JsonObject Ask() => Sign(new() { ["state"] = "waiting" });

    public JsonObject Complete() => Sign(new() { ["state"] = "done", ["done_at"] = "2026-11-30T10:31:02Z", ["events_erased"] = 42 });

    public void Dispose() => _key.Dispose();

    private JsonObject Sign(JsonObject state)
    {
        var receipt = new JsonObject
        {
            ["id"] = Id, ["project"] = "019a8c1e-7d2b-7f00-8a4e-0123456789ab", ["asked_at"] = "2026-11-30T10:30:05.123456Z",
        };
        foreach (var (name, value) in state)
            receipt[name] = value!.DeepClone();
        receipt["key_id"] = KeyId;
        var text = string.Concat(receipt.Select(member => $"{member.Key}={member.Value}\n"));
        receipt["signature"] = Base64Url.EncodeToString(_key.SignData(
            Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        return receipt;
    }

    private (string X, string Y) Point()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
    }
}
