using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Recognizes devices that signed in to an account before, so that strangers who guess its password can't keep them out. The cookie
/// contains only the id of the account, an expiry, and whether a second factor was right on it, encrypted.
/// </summary>
internal sealed class KnownDevices(
    ServerSettings settings, IDataProtectionProvider protection, IAccountStore store, TimeProvider time)
    : HostCookie("tk_device", settings)
{
    private const int IdBytes = 16;
    private const int ExpiryBytes = sizeof(long);
    private readonly IDataProtector _protector = protection.CreateProtector("TelemetryKit.Device");

    /// <summary>Marks the device as known to the account.</summary>
    /// <param name="http">The request.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="provedSecondFactor">Whether a second factor of the account was right on it.</param>
    public void Remember(HttpContext http, Guid accountId, bool provedSecondFactor)
    {
        var expires = time.GetUtcNow() + Limits.KnownDeviceAge;
        var content = new byte[IdBytes + ExpiryBytes + 1];
        accountId.TryWriteBytes(content);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(IdBytes), expires.UtcTicks);
        content[^1] = provedSecondFactor ? (byte)1 : (byte)0;
        Write(http, Base64Url.EncodeToString(_protector.Protect(content)), expires);
    }

    /// <summary>Marks the device of a live session as known after a change that ended all others.</summary>
    public void RememberAgain(HttpContext http, Guid accountId) =>
        Remember(http, accountId, ReadCookie(http) is { ProvedSecondFactor: true } cookie && cookie.AccountId == accountId);

    /// <summary>
    /// Returns a key for the device if a second factor of the account was right on it, or <c>null</c>. A device that is only known by a
    /// link from a mail or by the password isn't such a one: each link would give new attempts to guess a code.
    /// </summary>
    public string? FindProved(HttpContext http, Account account) =>
        ReadCookie(http) is { ProvedSecondFactor: true } cookie ? KeyFor(cookie, account) : null;

    /// <summary>Returns a key for the device if it is known to the account, or <c>null</c> if it isn't.</summary>
    public string? Find(HttpContext http, Account account) => ReadCookie(http) is { } cookie ? KeyFor(cookie, account) : null;

    /// <summary>Returns a key for the device if it is known to the account with the address, or <c>null</c> if it isn't.</summary>
    public async ValueTask<string?> FindAsync(HttpContext http, EmailAddress email)
    {
        // The account is read only for a valid cookie, so strangers can't cause reads here.
        if (ReadCookie(http) is not { } cookie
            || await store.Accounts.FindAsync(cookie.AccountId, http.RequestAborted) is not { } account)
            return null;
        return EmailAddress.OfStored(account.Email).Key == email.Key ? KeyFor(cookie, account) : null;
    }

    private string? KeyFor(Cookie cookie, Account account)
    {
        var now = time.GetUtcNow();
        var isKnown = cookie.AccountId == account.Id && cookie.Expires > now
            && (account.DevicesKnownSince is not { } since || cookie.Expires - Limits.KnownDeviceAge >= since);
        return isKnown ? cookie.Key : null;
    }

    private Cookie? ReadCookie(HttpContext http)
    {
        if (Read(http) is not { Length: > 0 and < 1_000 } text || !Base64Url.IsValid(text))
            return null;
        try
        {
            var content = _protector.Unprotect(Base64Url.DecodeFromChars(text));
            if (content.Length != IdBytes + ExpiryBytes + 1)
                return null;
            var expires = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(IdBytes)), TimeSpan.Zero);
            // The key is that of the content, because a client can write the same content in many ways.
            return new Cookie(
                new Guid(content.AsSpan(0, IdBytes)), expires, content[^1] != 0, Convert.ToBase64String(SHA256.HashData(content)));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Cookie(Guid AccountId, DateTimeOffset Expires, bool ProvedSecondFactor, string Key);
}
