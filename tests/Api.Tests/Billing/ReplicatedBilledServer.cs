using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Support;

namespace TelemetryKit.Api.Tests.Billing;

/// <summary>Three hosted servers on one PostgreSQL database, which bill through one fake of Stripe.</summary>
public sealed class ReplicatedBilledServer : BilledServer
{
    private readonly List<TestServer> _others = [];
    private string _postgres = "";

    public override IReadOnlyList<TestServer> Replicas => [Server, .. _others];

    protected override IEnumerable<string> Folders => Replicas.Select(replica => replica.Folder);

    protected override string[] Args => [.. base.Args, "--TELEMETRYKIT_POSTGRES", _postgres];

    public override async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(PostgresServer.MissingReason is not null, PostgresServer.MissingReason ?? "");
        _postgres = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await base.InitializeAsync();
        for (var i = 0; i < 2; i++)
        {
            _others.Add(await TestServer.StartAsync(new TestServerOptions
            {
                Args = Args,
                Services = services =>
                {
                    services.RemoveAll<TimeProvider>();
                    services.AddSingleton<TimeProvider>(Time);
                },
            }));
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in _others)
            await other.DisposeAsync();
        await base.DisposeAsync();
    }
}
