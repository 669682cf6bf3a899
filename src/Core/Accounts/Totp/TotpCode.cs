using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace TelemetryKit.Core.Accounts.Totp;

/// <summary>Time-based one-time passwords of RFC 6238 with what every authenticator app speaks: HMAC-SHA1, 30 s, 6 digits.</summary>
public static class TotpCode
{
    /// <summary>Bytes of a secret, as RFC 4226 recommends for HMAC-SHA1.</summary>
    public const int SecretBytes = 20;

    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    private const long StepSeconds = 30;

    // One step either way: for clocks that are a little off, and for people who type slowly.
    private const int StepsAround = 1;

    /// <summary>Makes a new secret.</summary>
    public static byte[] GenerateSecret() => RandomNumberGenerator.GetBytes(SecretBytes);

    /// <summary>The code at a time.</summary>
    public static string At(ReadOnlySpan<byte> secret, DateTimeOffset time) => OfStep(secret, StepOf(time));

    /// <summary>
    /// The step whose code this is, if it is near <paramref name="now"/> and later than the last step that was used; <c>null</c> otherwise.
    /// A code works once: whoever accepts it stores its step as the last one, in the same breath.
    /// </summary>
    public static long? Verify(ReadOnlySpan<byte> secret, string code, DateTimeOffset now, long lastStep)
    {
        long? found = null;
        var current = StepOf(now);
        for (var step = current - StepsAround; step <= current + StepsAround; step++)
        {
            // Every candidate is compared, in fixed time: an answer's time says nothing about how near a guess was.
            if (Secrets.SecretToken.Same(OfStep(secret, step), code) && step > lastStep)
                found = step;
        }

        return found;
    }

    /// <summary>The address that an authenticator app reads from a QR code.</summary>
    public static string UriOf(ReadOnlySpan<byte> secret, string issuer, string account) =>
        $"otpauth://totp/{Uri.EscapeDataString(issuer)}:{Uri.EscapeDataString(account)}?secret={Base32.Encode(secret)}&issuer={Uri.EscapeDataString(issuer)}";

    private static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    private static string OfStep(ReadOnlySpan<byte> secret, long step)
    {
        Span<byte> message = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(message, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 6238 and every authenticator app use HMAC-SHA1; its collisions don't matter to an HMAC.
        HMACSHA1.HashData(secret, message, hash);
#pragma warning restore CA5350
        var offset = hash[^1] & 0xF;
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[offset..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }
}
