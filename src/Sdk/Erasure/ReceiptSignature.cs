using System.Security.Cryptography;
using TelemetryKit.Json;
using TelemetryKit.Platform;

namespace TelemetryKit.Erasure;

/// <summary>Verifies the signatures of receipts: ECDSA with P-256 and SHA-256, in the format of IEEE P1363.</summary>
internal static class ReceiptSignature
{
    private const int NumberBytes = 32;

    /// <summary>Returns whether a receipt was signed with one of a server's keys.</summary>
    /// <param name="receipt">The receipt.</param>
    /// <param name="keys">The server's document <c>/.well-known/telemetrykit</c>.</param>
    public static bool IsValid(ErasureReceipt receipt, string keys)
    {
        if (receipt.KeyId is not { } keyId || !Base64Url.TryDecode(receipt.Signature, 2 * NumberBytes, out var signature)
            || JsonReader.TryReadObject(keys) is not { } document
            || !document.TryGetValue("receipt_keys", out var list) || list is not List<object?> all)
            return false;
        foreach (var item in all)
        {
            if (item is Dictionary<string, object?> key && key.TryGetValue("key_id", out var id) && id as string == keyId
                && key.TryGetValue("jwk", out var member) && member is Dictionary<string, object?> jwk
                && Base64Url.TryDecode(Text(jwk, "x"), NumberBytes, out var x)
                && Base64Url.TryDecode(Text(jwk, "y"), NumberBytes, out var y))
                return Verify(x, y, receipt.SignedText(), signature);
        }

        return false;
    }

    private static string? Text(Dictionary<string, object?> members, string name) =>
        members.TryGetValue(name, out var value) ? value as string : null;

#if NET
    private static bool Verify(byte[] x, byte[] y, byte[] text, byte[] signature)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
            return key.VerifyData(text, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            // The point is not on the curve.
            return false;
        }
    }
#else
    private static bool Verify(byte[] x, byte[] y, byte[] text, byte[] signature)
    {
        using var sha = SHA256.Create();
        return P256.Verify(x, y, sha.ComputeHash(text), signature);
    }
#endif
}
