using System.Text.RegularExpressions;
using TelemetryKit.Erasure;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>Receipts verify with the key of their server, and with nothing else.</summary>
public sealed class ReceiptSignatureTests
{
    // 32 bytes.
    private const string Zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static readonly string[] Done =
        ["id=er-1", "project=p", "asked_at=2026-11-20T10:30:00.123456Z", "state=done", "done_at=2026-11-20T10:31:00Z", "events_erased=42"];

    [Fact]
    public void Receipts_of_many_keys_verify()
    {
        for (var i = 0; i < 50; i++)
        {
            using var signer = new ReceiptSigner();
            Assert.True(IsValid(signer.Sign(Done), signer.Keys));
            Assert.True(IsValid(signer.Sign("id=er-1", "project=p", "asked_at=2026-11-20T10:30:00Z", "state=waiting"), signer.Keys));
        }
    }

    [Theory]
    [InlineData("er-1", "er-2")]
    [InlineData("\"p\"", "\"q\"")]
    [InlineData("10:30:00.123456Z", "10:30:00.123457Z")]
    [InlineData("10:31:00Z", "10:31:01Z")]
    [InlineData(":42", ":43")]
    [InlineData(":42", ":\"42\\n\"")]
    [InlineData("\"key_id\":\"k1\"", "\"key_id\":\"k2\"")]
    [InlineData("\"project\":\"p\",", "")]
    public void A_receipt_that_was_changed_does_not_verify(string from, string to)
    {
        using var signer = new ReceiptSigner();
        var receipt = signer.Sign(Done);
        Assert.Contains(from, receipt, StringComparison.Ordinal);
        Assert.False(IsValid(receipt.Replace(from, to, StringComparison.Ordinal), signer.Keys));
    }

    [Fact]
    public void Each_byte_of_the_signature_counts()
    {
        using var signer = new ReceiptSigner();
        var receipt = signer.Sign(Done);
        var signature = Regex.Match(receipt, "\"signature\":\"([^\"]+)\"").Groups[1].Value;
        for (var i = 0; i < signature.Length; i += 7)
        {
            var changed = signature[..i] + (signature[i] == 'A' ? 'B' : 'A') + signature[(i + 1)..];
            Assert.False(IsValid(receipt.Replace(signature, changed, StringComparison.Ordinal), signer.Keys));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("__________________________________________8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ")]
    public void A_signature_out_of_range_does_not_verify(string signature)
    {
        using var signer = new ReceiptSigner();
        var receipt = Regex.Replace(signer.Sign(Done), "\"signature\":\"[^\"]+\"", $"\"signature\":\"{signature}\"");
        Assert.False(IsValid(receipt, signer.Keys));
    }

    [Fact]
    public void The_key_of_another_server_does_not_verify()
    {
        using var signer = new ReceiptSigner();
        using var other = new ReceiptSigner();
        Assert.False(IsValid(signer.Sign(Done), other.Keys));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("""{"receipt_keys":{}}""")]
    [InlineData("""{"receipt_keys":[1,{"key_id":"k1"},{"key_id":"k1","jwk":{"x":"","y":1}}]}""")]
    [InlineData($$$"""{"receipt_keys":[{"key_id":"k1","jwk":{"x":"{{{Zeros}}}","y":"{{{Zeros}}}"}}]}""")]
    public void Keys_that_are_no_keys_verify_nothing(string keys)
    {
        using var signer = new ReceiptSigner();
        Assert.False(IsValid(signer.Sign(Done), keys));
    }

    private static bool IsValid(string receipt, string keys) => ReceiptSignature.IsValid(ErasureReceipt.TryRead(receipt)!, keys);
}
