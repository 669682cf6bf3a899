namespace TelemetryKit.Packages.Tests.Hosting;

public sealed class EndpointTests : IDisposable
{
    private readonly Recording _recording = new();

    public void Dispose() => _recording.Dispose();

    [Fact]
    public async Task An_endpoint_is_recorded_by_its_pattern_and_not_by_its_path()
    {
        var recorded = Assert.Single(await Request("/orders/secret?q=secret"));
        Assert.Equal(TelemetryEventTypes.MethodCalled, recorded.Type);
        Assert.Equal("GET /orders/{id}", recorded.Metadata["method"]);
        Assert.Equal(200, recorded.Metadata["status"]);
        Assert.True(recorded.Success);
        Assert.NotNull(recorded.Duration);
        Assert.DoesNotContain(recorded.Metadata, entry => entry.Value.ToString().Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST", "POST /items")]
    [InlineData("SECRET", "OTHER /items")]
    public async Task An_unknown_method_is_not_recorded_literally(string method, string name) =>
        Assert.Equal(name, Assert.Single(await Request("/items", new HttpMethod(method))).Metadata["method"]);

    [Theory]
    [InlineData("DELETE", "/orders/secret", "DELETE /orders/{id}")]
    [InlineData("SECRET", "/orders/secret", "OTHER /orders/{id}")]
    public async Task A_method_that_a_route_does_not_support_is_recorded_with_the_route(string method, string path, string name)
    {
        var recorded = Assert.Single(await Request(path, new HttpMethod(method)));
        Assert.Equal(name, recorded.Metadata["method"]);
        Assert.Equal(405, recorded.Metadata["status"]);
    }

    [Fact]
    public async Task A_status_of_400_and_above_is_a_failure()
    {
        var recorded = Assert.Single(await Request("/missing/1"));
        Assert.False(recorded.Success);
        Assert.Equal(404, recorded.Metadata["status"]);
        Assert.True(recorded.Metadata["error_type"].IsNull);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_is_a_failure_of_the_endpoint_that_threw_it(bool handledInside)
    {
        var recorded = Assert.Single(await Request("/crash/1", handleExceptionsInside: handledInside));
        Assert.Equal("GET /crash/{id}", recorded.Metadata["method"]);
        Assert.False(recorded.Success);
        Assert.Equal(500, recorded.Metadata["status"]);
        Assert.Equal("System.InvalidOperationException", recorded.Metadata["error_type"]);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/quiet")]
    [InlineData("/no/such/endpoint")]
    public async Task Excluded_and_missing_endpoints_are_not_recorded(string path) => Assert.Empty(await Request(path));

    [Theory]
    [InlineData("DNT")]
    [InlineData("Sec-GPC")]
    public async Task A_client_that_opts_out_is_not_recorded(string header) => Assert.Empty(await Request("/orders/1", header: header));

    [Fact]
    public async Task A_disconnected_client_is_neither_success_nor_failure()
    {
        await using var service = await Service.Start(Service.Builder(_recording), _recording);
        using var disconnect = new CancellationTokenSource();
        var request = service.Client.GetAsync(new Uri("/slow", UriKind.Relative), disconnect.Token);
        await service.SlowRequestStarted;
        await disconnect.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await service.Stop();
        var recorded = Assert.Single(_recording.Arrived);
        Assert.Null(recorded.Success);
        Assert.Equal(true, recorded.Metadata["cancelled"]);
        Assert.True(recorded.Metadata["status"].IsNull);
    }

    private async Task<IReadOnlyCollection<TelemetryEvent>> Request(
        string path, HttpMethod? method = null, string? header = null, bool handleExceptionsInside = false)
    {
        await using var service = await Service.Start(Service.Builder(_recording), _recording, handleExceptionsInside);
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (header is not null)
            request.Headers.Add(header, "1");
        await service.Client.SendAsync(request, TestContext.Current.CancellationToken);
        // Stopping waits for the requests and then sends the recorded events.
        await service.Stop();
        return _recording.Arrived;
    }
}
