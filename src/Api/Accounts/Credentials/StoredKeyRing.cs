using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>Keeps ASP.NET's data-protection keys in the store: what one replica protected, every other can read, and a new container too.</summary>
internal sealed class StoredKeyRing(IAccountStore store, TimeProvider time) : IXmlRepository
{
    // The interface waits, and is asked about once a day.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. store.DataProtectionKeys.ListAsync(CancellationToken.None).GetAwaiter().GetResult().Select(xml => XElement.Parse(xml))];

    public void StoreElement(XElement element, string friendlyName) =>
        store.DataProtectionKeys.AddAsync(friendlyName, element.ToString(SaveOptions.DisableFormatting), time.GetUtcNow(), CancellationToken.None).GetAwaiter().GetResult();
}
