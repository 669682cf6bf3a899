using System.Security.Cryptography;
using System.Text;
using TelemetryKit.Platform;

namespace TelemetryKit.Sdk.Tests.Support;

/// <summary>Signs receipts as section 8 of the protocol says.</summary>
internal sealed class ReceiptSigner : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string KeyId { get; init; } = "k1";

    /// <summary>The document <c>/.well-known/telemetrykit</c>.</summary>
    public string Keys
    {
        get
        {
            var point = _key.ExportParameters(includePrivateParameters: false).Q;
            return $$"""
                { "api_version": "v1", "receipt_keys": [ { "key_id": "{{KeyId}}", "jwk": { "kty": "EC", "crv": "P-256",
                  "x": "{{Base64Url.Encode(point.X!)}}", "y": "{{Base64Url.Encode(point.Y!)}}" } } ] }
                """;
        }
    }

    /// <summary>Returns a signed receipt with these members, as <c>name=value</c>.</summary>
    public string Sign(params string[] members)
    {
        string[] all = [.. members, "key_id=" + KeyId];
        var signature = _key.SignData(
            Encoding.UTF8.GetBytes(string.Concat(all.Select(member => member + "\n"))), HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var json = all.Select(member => member.Split('=', 2)).Select(member =>
            $"\"{member[0]}\":{(member[0] == "events_erased" ? member[1] : "\"" + member[1] + "\"")}");
        return "{" + string.Join(",", json) + ",\"signature\":\"" + Base64Url.Encode(signature) + "\"}";
    }

    public void Dispose() => _key.Dispose();
}
