using System.Reflection;
using System.Runtime.Versioning;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.NetStandard.Tests;

/// <summary>Ensures that this project tests the netstandard2.0 build. Also tests what only that build contains.</summary>
public sealed class TargetTests
{
    [Fact]
    public void The_tested_build_is_the_one_for_netstandard() =>
        Assert.Equal(
            ".NETStandard,Version=v2.0",
            typeof(TelemetryKitClient).Assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName);

    [Fact]
    public async Task Disposing_asynchronously_keeps_what_was_recorded()
    {
        using var host = new TestHost();
        await using (var client = Clients.Consenting(host))
            client.TrackFeature("stored");
        Assert.Contains("stored", await File.ReadAllTextAsync(Assert.Single(host.Files("*.open"))), StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_references_only_netstandard_and_the_interface_for_asynchronous_disposal() =>
        Assert.Equal(
            ["Microsoft.Bcl.AsyncInterfaces", "System.Threading.Tasks.Extensions", "netstandard"],
            typeof(TelemetryKitClient).Assembly.GetReferencedAssemblies().Select(reference => reference.Name)
                .Order(StringComparer.Ordinal));
}
