using OtpNet;

namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>Time-based one-time passwords of RFC 6238, as every authenticator app computes them: HMAC-SHA1, 30 s, 6 digits.</summary>
public static class TotpCode
{
    /// <summary>Bytes of a secret, as RFC 4226 recommends for HMAC-SHA1.</summary>
    public const int SecretBytes = 20;

    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    // One step either way: for clocks that are a little off, and for people who type slowly.
    private static readonly VerificationWindow OneStepAround = new(previous: 1, future: 1);

    /// <summary>Makes a new secret.</summary>
    public static byte[] GenerateSecret() => KeyGeneration.GenerateRandomKey(SecretBytes);

    /// <summary>The code at a time.</summary>
    public static string At(byte[] secret, DateTimeOffset time) => Of(secret).ComputeTotp(time.UtcDateTime);

    /// <summary>
    /// The step whose code this is, if it is near <paramref name="now"/> and later than the last step that was used; <c>null</c> otherwise.
    /// A code works once: its step is to be stored as the last one in the statement that accepts it.
    /// </summary>
    public static long? Verify(byte[] secret, string code, DateTimeOffset now, long lastStep) =>
        Of(secret).VerifyTotp(now.UtcDateTime, code, out var step, OneStepAround) && step > lastStep ? step : null;

    /// <summary>The secret in Base32, to be typed into an authenticator app.</summary>
    public static string TextOf(byte[] secret) => Base32Encoding.ToString(secret);

    /// <summary>The address that an authenticator app reads from a QR code.</summary>
    public static string UriOf(byte[] secret, string issuer, string account) =>
        new OtpUri(OtpType.Totp, secret, account, issuer).ToString();

    private static OtpNet.Totp Of(byte[] secret) => new(secret, totpSize: Digits);
}
