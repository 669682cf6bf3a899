using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TelemetryKit.Api.Access;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Recognizes devices that signed in to an account before, so that strangers who guess its password can't keep them out. The cookie
/// contains only the id of the account and an expiry, encrypted.
/// </summary>
internal sealed class KnownDevices(
    ServerSettings settings, IDataProtectionProvider protection, IAccountStore store, TimeProvider time)
    : HostCookie("tk_device", settings)
{
    private const int IdBytes = 16;
    private readonly IDataProtector _protector = protection.CreateProtector("TelemetryKit.Device");

    /// <summary>Marks the device as known to the account.</summary>
    public void Remember(HttpContext http, Guid accountId)
    {
        var expires = time.GetUtcNow() + Limits.KnownDeviceAge;
        var content = new byte[IdBytes + sizeof(long)];
        accountId.TryWriteBytes(content);
        BinaryPrimitives.WriteInt64LittleEndian(content.AsSpan(IdBytes), expires.UtcTicks);
        Write(http, Base64Url.EncodeToString(_protector.Protect(content)), expires);
    }

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
            if (content.Length != IdBytes + sizeof(long))
                return null;
            var expires = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(IdBytes)), TimeSpan.Zero);
            return new Cookie(new Guid(content.AsSpan(0, IdBytes)), expires, Convert.ToBase64String(SecretToken.Hash(text)));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Cookie(Guid AccountId, DateTimeOffset Expires, string Key);
}
