using TelemetryKit.Sdk.Library;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>A library that was compiled against the netstandard2.0 build works in a process with the build for .NET.</summary>
public sealed class NetStandardLibraryTests
{
    [Fact]
    public async Task A_library_records_with_a_client_of_its_own()
    {
        using var server = new FakeServer();
        var folder = Directory.CreateTempSubdirectory("tk-library-");
        try
        {
            Assert.Contains(
                "netstandard", typeof(Library.Library).Assembly.GetReferencedAssemblies().Select(reference => reference.Name));
            Assert.True(await Library.Library.UseAsync(server.Endpoint, Clients.Key, folder.FullName));
            var types = server.Delivered.SelectMany(request => request.Events).Select(e => e.GetProperty("event_type").GetString());
            Assert.Equal(["command_executed", "error", "method_called"], types.Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_fake_that_was_built_there_is_a_client_here()
    {
        var fake = new FakeClient();
        await UseAsync(fake);
        Assert.Equal(["build", "x", "disposed"], fake.Names);

        static async Task UseAsync<TClient>(TClient client)
            where TClient : ITelemetryClient
        {
            await using (client)
            {
                Assert.Equal(3, client.Run("build", _ => 3));
                client.TrackFeature("x");
            }
        }
    }
}
