using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Tests.Operations;

public sealed class HealthTests(SharedServer shared)
{
    [Fact]
    public async Task A_healthy_server_is_live_and_ready()
    {
        foreach (var path in new[] { "/health/live", "/health/ready" })
            Assert.Equal("""{"status":"ok"}""", (await (await shared.Server.Client.GetAsync(path)).JsonAsync(200)).ToJsonString());
    }

    [Fact]
    public async Task During_migrations_the_server_is_live_but_not_ready()
    {
        var migrated = new TaskCompletionSource();
        await using var server = await StartAsync(faults => faults.Migrating = migrated.Task, waitUntilReady: false);
        await (await server.Client.GetAsync("/health/live")).JsonAsync(200);
        await (await server.Client.GetAsync("/health/ready")).IsProblemAsync(503, "storage_unavailable");
        await IsUnavailableAsync(server, Request.Ingest("tk_live_00000000000000000000000000000000", TestProject.OneEvent));
        await IsUnavailableAsync(server, Request.Get("/v1/stats/overview", "tk_read_00000000000000000000000000000000"));
        migrated.SetResult();
        await server.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task The_start_waits_for_an_unavailable_store()
    {
        StoreFaults? faults = null;
        await using var server = await StartAsync(f => (faults = f).IsUnavailable = true, waitUntilReady: false);
        await Eventually.TrueAsync(
            () => server.Logs.Lines.Any(l => l.Contains("waits for the store", StringComparison.Ordinal)), "the wait is logged");
        await (await server.Client.GetAsync("/health/ready")).IsProblemAsync(503, "storage_unavailable");
        faults!.IsUnavailable = false;
        await server.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task Requests_fail_with_503_while_the_store_is_unavailable_and_succeed_afterwards()
    {
        StoreFaults? faults = null;
        await using var server = await StartAsync(f => faults = f);
        var project = await server.NewProjectAsync();
        await project.SendAsync(TestProject.OneEvent);

        faults!.IsUnavailable = true;
        await Eventually.TrueAsync(
            async () => (int)(await server.Client.GetAsync("/health/ready")).StatusCode == 503, "the server isn't ready");
        await (await server.Client.GetAsync("/health/live")).JsonAsync(200);
        await IsUnavailableAsync(server, Request.Ingest(project.LiveKey, TestProject.OneEvent));
        await IsUnavailableAsync(server, Request.Get("/v1/stats/events", project.ReadKey));
        // A key that isn't cached can't be looked up. That must not be reported as an invalid key.
        await IsUnavailableAsync(server, Request.Ingest("tk_live_0000000000000000000000000000000a", TestProject.OneEvent));

        faults.IsUnavailable = false;
        await server.WaitUntilReadyAsync();
        await project.SendAsync(TestProject.OneEvent);
    }

    [Fact]
    public async Task The_store_is_checked_at_most_once_a_second()
    {
        StoreFaults? faults = null;
        await using var server = await StartAsync(f => faults = f);
        var before = faults!.Checks;
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 50; i++)
            await server.Client.GetAsync("/health/ready");
        Assert.InRange(faults.Checks - before, 0, 1 + (int)TimeProvider.System.GetElapsedTime(start).TotalSeconds + 1);
    }

    private static async Task IsUnavailableAsync(TestServer server, HttpRequestMessage request)
    {
        using var response = await server.Client.SendAsync(request);
        await response.IsProblemAsync(503, "storage_unavailable");
    }

    private static Task<TestServer> StartAsync(Action<StoreFaults> prepare, bool waitUntilReady = true) =>
        TestServer.StartAsync(new TestServerOptions
        {
            WaitUntilReady = waitUntilReady,
            Services = services =>
            {
                var real = services.Last(s => s.ServiceType == typeof(IStore)).ImplementationFactory!;
                services.Replace(ServiceDescriptor.Singleton(provider =>
                {
                    var store = DispatchProxy.Create<IStore, StoreFaults>();
                    var faults = (StoreFaults)store;
                    faults.Real = (IStore)real(provider);
                    prepare(faults);
                    return store;
                }));
            },
        });
}

/// <summary>A store, or a part of it, that can be unavailable. Accounts stay available.</summary>
public class StoreFaults : DispatchProxy
{
    private int _checks;
    private object? _part;
    private StoreFaults? _whole;

    public IStore Real { get; set; } = null!;

    public bool IsUnavailable { get; set; }

    public Task Migrating { get; set; } = Task.CompletedTask;

    public int Checks => _checks;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var isTask = typeof(Task).IsAssignableFrom(targetMethod!.ReturnType);
        if (targetMethod.Name == nameof(IStore.CheckAsync))
            Interlocked.Increment(ref _checks);
        if ((_whole ?? this).IsUnavailable && isTask)
            return Failed(targetMethod.ReturnType);
        if (targetMethod.Name == nameof(IStore.MigrateAsync))
            return MigrateAsync();
        var result = targetMethod.Invoke(_part ?? Real, args);
        return targetMethod.ReturnType is { IsInterface: true, Namespace: { } space } part && part != typeof(IAccountStore)
            && space.StartsWith("TelemetryKit.Core", StringComparison.Ordinal) ? PartOf(part, result!) : result;
    }

    private StoreFaults PartOf(Type part, object real)
    {
        var proxy = (StoreFaults)Create(part, typeof(StoreFaults));
        (proxy._part, proxy._whole) = (real, this);
        return proxy;
    }

    private static object Failed(Type task)
    {
        var fault = new StorageUnavailableException("The test made the store unavailable.");
        if (!task.IsGenericType)
            return Task.FromException(fault);
        var fromException = typeof(Task).GetMethods().Single(m => m is { Name: nameof(Task.FromException), IsGenericMethod: true });
        return fromException.MakeGenericMethod(task.GenericTypeArguments).Invoke(null, [fault])!;
    }

    private async Task MigrateAsync()
    {
        await Migrating;
        await Real.MigrateAsync(default);
    }
}
