using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>
/// Stores the keys of ASP.NET Core data protection, so that all replicas and new containers can read what one replica protected. The store
/// seals them.
/// </summary>
internal sealed class StoredKeyRing(IAccountStore store, TimeProvider time) : IXmlRepository
{
    // The interface is synchronous. It is called about once a day.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.DataProtectionKeys.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(xml => XElement.Parse(xml))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.DataProtectionKeys
            .AddAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), time.GetUtcNow(), CancellationToken.None)
            .GetAwaiter().GetResult();
}
