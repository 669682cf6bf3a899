using OtpNet;

namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>
/// Time-based one-time passwords (RFC 6238) with the parameters that all authenticator apps support: HMAC-SHA1, 30 s, 6 digits.
/// </summary>
public static class TotpCode
{
    /// <summary>The length of a secret in bytes, as recommended in RFC 4226.</summary>
    public const int SecretBytes = 20;

    /// <summary>The number of digits of a code.</summary>
    public const int Digits = 6;

    // One step before and after, for clock differences and slow typing.
    private static readonly VerificationWindow OneStepAround = new(previous: 1, future: 1);

    /// <summary>Generates a secret.</summary>
    public static byte[] GenerateSecret() => KeyGeneration.GenerateRandomKey(SecretBytes);

    /// <summary>Returns the code at a time.</summary>
    public static string At(byte[] secret, DateTimeOffset time) => Of(secret).ComputeTotp(time.UtcDateTime);

    /// <summary>
    /// Returns the time step of a code if it is near <paramref name="now"/> and later than the last used step, else <c>null</c>. To make a
    /// code usable only once, store its step as the last one in the statement that accepts it.
    /// </summary>
    public static long? Verify(byte[] secret, string code, DateTimeOffset now, long lastStep) =>
        Of(secret).VerifyTotp(now.UtcDateTime, code, out var step, OneStepAround) && step > lastStep ? step : null;

    /// <summary>Returns the secret in Base32, for manual entry in an authenticator app.</summary>
    public static string TextOf(byte[] secret) => Base32Encoding.ToString(secret);

    /// <summary>Returns the otpauth URI for the QR code.</summary>
    public static string UriOf(byte[] secret, string issuer, string account) =>
        new OtpUri(OtpType.Totp, secret, account, issuer).ToString();

    private static OtpNet.Totp Of(byte[] secret) => new(secret, totpSize: Digits);
}
