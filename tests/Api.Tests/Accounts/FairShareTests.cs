using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Tests.Ingest;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Keys;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Strangers with many addresses, keys or requests leave to others what is theirs.</summary>
public sealed class FairShareTests(AccountServer server) : IClassFixture<AccountServer>
{
    [Fact]
    public async Task The_networks_of_one_owner_cannot_spend_the_quota_of_a_month()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            var accepted = 0;
            for (var network = 0; network < 30; network++)
                accepted += await SendManyAsync(key, $"2001:db8:77:{network * 256:x}::1", 500);
            Assert.Equal(2_000, accepted); // four days of an address, a fifth of the month
            Assert.Equal(500, await SendManyAsync(key, "2001:db8:78::1", 500));
        }
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_costs_its_source_nothing_but_the_request()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            var batch = TestProject.Batch(200);
            Assert.Equal(200, (int?)(await (await IngestAsync(key, "198.51.100.1", batch)).JsonAsync(200))["accepted"]);
            for (var i = 0; i < 20; i++)
                Assert.Equal(200, (int?)(await (await IngestAsync(key, "198.51.100.1", batch)).JsonAsync(200))["duplicates"]);
            Assert.Equal(250, await SendManyAsync(key, "198.51.100.1", 250));
        }
    }

    [Fact]
    public async Task A_batch_that_is_sent_again_is_a_duplicate_although_the_day_of_its_source_is_spent()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            var batch = TestProject.Batch(500);
            Assert.Equal(500, (int?)(await (await IngestAsync(key, "198.51.100.4", batch)).JsonAsync(200))["accepted"]);
            Assert.Equal(500, (int?)(await (await IngestAsync(key, "198.51.100.4", batch)).JsonAsync(200))["duplicates"]);
            await (await IngestAsync(key, "198.51.100.4", TestProject.Batch(1))).IsProblemAsync(429, "rate_limited");
        }
    }

    [Fact]
    public async Task A_source_has_no_more_than_its_events_on_a_UTC_day()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            const string Source = "198.51.100.5";
            server.Time.Advance(server.Time.GetUtcNow().Date.AddDays(1) - server.Time.GetUtcNow().UtcDateTime);
            Assert.Equal(300, await SendManyAsync(key, Source, 300));
            server.Time.Advance(TimeSpan.FromHours(23));
            Assert.Equal(200, await SendManyAsync(key, Source, 200));
            Assert.Equal(0, await SendManyAsync(key, Source, 1));
            server.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(500, await SendManyAsync(key, Source, 500));
            Assert.Equal(0, await SendManyAsync(key, Source, 1));
        }
    }

    [Fact]
    public async Task The_bytes_of_a_body_whose_client_disconnects_are_charged()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            const string Source = "198.51.100.6";
            for (var i = 0; i < 6; i++)
            {
                using var connection = await RawConnection.OpenAsync(server.Server);
                await connection.SendAsync(
                    $"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{AccountServer.SourceHeader}: {Source}\r\n"
                    + $"Content-Length: {Limits.BodyBytes}\r\n\r\n");
                await connection.SendAsync(new byte[4 * 1024 * 1024]);
            }

            // 768 events in all; a Free source has 500, and none of them was stored.
            var accepted = 0;
            await Eventually.TrueAsync(
                async () =>
                {
                    var sent = await SendManyAsync(key, Source, 1);
                    accepted += sent;
                    return sent == 0;
                },
                "the source is spent");
            Assert.InRange(accepted, 0, 400);
        }
    }

    [Fact]
    public async Task A_body_of_a_spent_source_is_not_decompressed()
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            Assert.Equal(500, await SendManyAsync(key, "198.51.100.2", 500));
            // A part of its requests is read, because their batches may have been stored before. 4 MiB are more than a day of that.
            var large = "{\"events\":[" + new string(' ', 4 * 1024 * 1024) + "]}";
            Assert.Equal(200, (int)(await IngestAsync(key, "198.51.100.2", large)).StatusCode);
            // It isn't gzip, but the body isn't read.
            using var request = Ingest(key, "198.51.100.2", "no gzip");
            request.Content!.Headers.ContentEncoding.Add("gzip");
            await (await server.Server.Client.SendAsync(request)).IsProblemAsync(429, "rate_limited");
        }
    }

    [Theory]
    [InlineData("DNT")]
    [InlineData("gzip")]
    [InlineData("invalid")]
    [InlineData("too large")]
    public async Task A_source_is_charged_for_requests_that_store_nothing(string kind)
    {
        var (person, key) = await NewKeyAsync();
        using (person)
        {
            var statuses = new List<int>();
            for (var i = 0; i < 6; i++)
            {
                using var request = Ingest(key, "198.51.100.3", "");
                // 4 MiB are 128 events; a Free source has 500.
                var length = kind == "too large" ? Limits.BodyBytes : 4 * 1024 * 1024;
                var body = Encoding.UTF8.GetBytes("{\"events\":[" + new string(' ', length) + (kind == "invalid" ? "" : "]}"));
                request.Content = new ByteArrayContent(kind == "gzip" ? [.. Gzip(body), 1] : body);
                request.Content.Headers.ContentType = new("application/json");
                if (kind == "gzip")
                    request.Content.Headers.ContentEncoding.Add("gzip");
                else if (kind == "DNT")
                    request.Headers.Add("DNT", "1");
                // Without its length, which would be refused at once.
                request.Headers.TransferEncodingChunked = kind == "too large";
                statuses.Add((int)(await server.Server.Client.SendAsync(request)).StatusCode);
            }

            var first = kind switch { "DNT" => 200, "too large" => 413, _ => 400 };
            // The fifth would be ingested only if it had been before, which costs another tenth of a day.
            Assert.Equal([first, first, first, first, first, 429], statuses);
        }
    }

    [Fact]
    public async Task Unknown_keys_sessions_and_tokens_of_a_source_are_refused_and_valid_ones_are_not()
    {
        using var member = await server.NewPerson("203.0.113.50").JoinAsync();
        var project = await member.ProjectAsync(await member.TenantAsync());
        var (_, key) = await member.KeyAsync(project, "live");
        var (_, readKey) = await member.KeyAsync(project, "read");
        const string Source = "203.0.113.50";
        Assert.Equal(1, await SendManyAsync(key, Source, 1));
        Assert.Equal(200, (int)(await StatsAsync(readKey)).StatusCode);
        var refused = 0;
        for (var i = 0; i < Limits.UnknownCredentials + 10; i++)
            refused += (int)(await IngestAsync(ApiKey.Generate(KeyKind.Live), Source, "{}")).StatusCode == 429 ? 1 : 0;
        Assert.InRange(refused, 5, 15);

        using var stranger = server.NewPerson(Source);
        stranger.Bearer = ApiTokenText.Prefix + ApiKey.Generate(KeyKind.Live)[8..];
        await (await stranger.GetAsync("/v1/me")).IsProblemAsync(429, "rate_limited");
        stranger.Bearer = null;
        stranger.Cookies.Add(server.Server.Url, new Cookie("tk_session", SecretToken.Generate()));
        await (await stranger.GetAsync("/v1/me")).IsProblemAsync(429, "rate_limited");
        await (await StatsAsync(ApiKey.Generate(KeyKind.Read))).IsProblemAsync(429, "rate_limited");

        // Those that are known work from this source, too, also when no cache has them any more.
        server.Time.Advance(Limits.CachedKeyAge * 2);
        for (var i = 0; i < Limits.UnknownCredentials + 10; i++)
            await IngestAsync(ApiKey.Generate(KeyKind.Live), Source, "{}");
        Assert.Equal(1, await SendManyAsync(key, Source, 1));
        Assert.Equal(200, (int)(await StatsAsync(readKey)).StatusCode);
        Assert.Equal(200, (int)(await member.GetAsync("/v1/me")).StatusCode);

        Task<HttpResponseMessage> StatsAsync(string presented)
        {
            var request = Request.Get("/v1/stats/overview", presented);
            request.Headers.Add(AccountServer.SourceHeader, Source);
            return server.Server.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Keys_and_tokens_that_were_just_created_work_from_a_source_that_sent_many_unknown_ones()
    {
        using var member = await server.NewPerson("203.0.113.51").JoinAsync();
        var tenant = await member.TenantAsync();
        var project = await member.ProjectAsync(tenant);
        await server.SetPlanAsync(tenant, "business");
        const string Source = "192.0.2.51";
        for (var i = 0; i < Limits.UnknownCredentials + 10; i++)
            await IngestAsync(ApiKey.Generate(KeyKind.Live), Source, "{}");
        await (await IngestAsync(ApiKey.Generate(KeyKind.Live), Source, "{}")).IsProblemAsync(429, "rate_limited");

        var (id, key) = await member.KeyAsync(project, "live");
        var rotate = new JsonObject { ["overlap_hours"] = 1 };
        var rotated = (string)(await member.JsonAsync(HttpMethod.Post, $"/v1/projects/{project}/keys/{id}/rotate", 201, rotate))["key"]!;
        Assert.Equal(1, await SendManyAsync(key, Source, 1));
        Assert.Equal(1, await SendManyAsync(rotated, Source, 1));
        var body = new JsonObject { ["tenant_id"] = tenant, ["name"] = "ci", ["scopes"] = new JsonArray("stats:read") };
        using var bearer = server.NewPerson(Source);
        bearer.Bearer = (string)(await member.JsonAsync(HttpMethod.Post, "/v1/tokens", 201, body))["token"]!;
        Assert.Equal(200, (int)(await bearer.GetAsync($"/v1/stats/overview?project={project}")).StatusCode);
    }

    [Fact]
    public async Task Attempts_from_the_networks_of_one_owner_are_throttled()
    {
        var refused = 0;
        for (var i = 0; i < 130; i++)
        {
            using var guesser = server.NewPerson($"2001:db8:99:{i * 256:x}::1");
            using var response = await guesser.PostAsync("/v1/auth/password/reset", new JsonObject { ["token"] = "x", ["password"] = "y" });
            refused += (int)response.StatusCode == 429 ? 1 : 0;
        }

        Assert.Equal(10, refused); // four times thirty are allowed
    }

    private static HttpRequestMessage Ingest(string key, string source, string batch)
    {
        var request = Request.Ingest(key, batch);
        request.Headers.Add(AccountServer.SourceHeader, source);
        return request;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return compressed.ToArray();
    }

    private Task<HttpResponseMessage> IngestAsync(string key, string source, string batch) =>
        server.Server.Client.SendAsync(Ingest(key, source, batch));

    /// <summary>Sends a batch. Returns how many of its events were accepted, 0 if it was refused.</summary>
    private async Task<int> SendManyAsync(string key, string source, int events)
    {
        using var response = await IngestAsync(key, source, TestProject.Batch(events));
        return response.IsSuccessStatusCode ? (int)(await response.JsonAsync(200))["accepted"]! : 0;
    }

    private async Task<(Person Person, string Key)> NewKeyAsync()
    {
        var person = await server.NewPerson().JoinAsync();
        var (_, key) = await person.KeyAsync(await person.ProjectAsync(await person.TenantAsync()), "live");
        return (person, key);
    }
}
