using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Background;
using TelemetryKit.Api.Erasures;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Erasures;

/// <summary>A project with its keys, and users of its tool.</summary>
internal sealed class ErasureWorld(AccountServer server, Person admin, Guid tenant, Guid project, string live, string test)
{
    public const string Service = "my-cli";

    public Person Admin { get; } = admin;

    public Guid Tenant { get; } = tenant;

    public Guid Project { get; } = project;

    public string Live { get; } = live;

    public string Test { get; } = test;

    public static async Task<ErasureWorld> BuildAsync(AccountServer server)
    {
        var admin = await server.NewPerson().JoinAsync();
        var tenant = await admin.TenantAsync();
        await server.SetPlanAsync(tenant, "business");
        var project = await admin.ProjectAsync(tenant);
        var (_, live) = await admin.KeyAsync(project, "live");
        var (_, test) = await admin.KeyAsync(project, "test");
        return new(server, admin, tenant, project, live, test);
    }

    public static byte[] NewSecret() => RandomNumberGenerator.GetBytes(32);

    public static string UserId(byte[] secret, string service = Service) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes("telemetrykit:user:" + service + ":"), .. secret]));

    public async Task SendAsync(string userId, int events = 1, string? key = null)
    {
        var all = string.Join(',', Enumerable.Repeat($$"""{"event_type":"x","user_id":"{{userId}}"}""", events));
        using var response = await server.Server.Client.SendAsync(Request.Ingest(key ?? Live, $$"""{"events":[{{all}}]}"""));
        Assert.Equal(events, (int?)(await response.JsonAsync(200))["accepted"]);
    }

    public Task<HttpResponseMessage> TryEraseAsync(
        byte[] secret, string service = Service, string? key = null, string? source = null) =>
        TryEraseAsync(Body(secret, service), key, source);

    public async Task<HttpResponseMessage> TryEraseAsync(JsonNode body, string? key = null, string? source = null)
    {
        using var user = server.NewPerson(source);
        user.Bearer = key ?? Live;
        return await user.PostAsync("/v1/erase", body);
    }

    public async Task<JsonObject> EraseAsync(byte[] secret, string service = Service, string? key = null)
    {
        using var response = await TryEraseAsync(secret, service, key);
        return await response.JsonAsync(202);
    }

    public static JsonObject Body(byte[] secret, string service = Service) =>
        new() { ["secret"] = Base64Url.EncodeToString(secret), ["service_name"] = service };

    public Task RunJobAsync() => server.Server.Services.GetRequiredService<ErasureJob>().RunAsync(default);

    /// <summary>Runs the job as the process does, under its lease.</summary>
    public Task RunLeasedJobAsync() => server.Server.Services.GetRequiredService<SharedJobs>().EraseAsync(default);

    public async Task<JsonObject> ReceiptAsync(JsonObject receipt)
    {
        using var user = server.NewPerson();
        return await user.JsonAsync($"/v1/erasures/{(string?)receipt["id"]}");
    }

    public async Task<int?> EventsAsync(string environment = "live") =>
        (int?)(await Admin.JsonAsync($"/v1/stats/overview?project={Project}&env={environment}"))["events"];

    public async Task<int?> InstallsAsync() => (int?)(await Admin.JsonAsync($"/v1/stats/overview?project={Project}"))["installs"];

    public async Task<bool> IsGenuineAsync(JsonObject receipt)
    {
        using var user = server.NewPerson();
        var keys = (await user.JsonAsync("/.well-known/telemetrykit"))["receipt_keys"]!.AsArray();
        return keys.FirstOrDefault(key => (string?)key!["key_id"] == (string?)receipt["key_id"]) is { } key && Verify(receipt, key);
    }

    // Written from PROTOCOL.md, section 8, without the code of the server.
    private static bool Verify(JsonObject receipt, JsonNode key)
    {
        var text = new StringBuilder();
        foreach (var member in (string[])["id", "project", "asked_at", "state", "done_at", "events_erased", "key_id"])
        {
            if (receipt[member] is { } value)
                text.Append(member).Append('=').Append(value.ToString()).Append('\n');
        }

        using var fromInfo = ECDsa.Create();
        fromInfo.ImportSubjectPublicKeyInfo(Convert.FromBase64String((string)key["public_key"]!), out _);
        var jwk = key["jwk"]!;
        using var fromJwk = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = Base64Url.DecodeFromChars((string)jwk["x"]!), Y = Base64Url.DecodeFromChars((string)jwk["y"]!) },
        });
        var signature = Base64Url.DecodeFromChars((string)receipt["signature"]!);
        var results = new[] { fromInfo, fromJwk }.Select(ecdsa => ecdsa.VerifyData(
            Encoding.UTF8.GetBytes(text.ToString()), signature, HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation)).ToList();
        Assert.Equal(results[0], results[1]);
        return results[0];
    }
}
