using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Accounts.Credentials;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>Passwords with hashes that take as long as those of a real server.</summary>
public sealed class PasswordQueueTests(PasswordQueueTests.RealServer server) : IClassFixture<PasswordQueueTests.RealServer>
{
    [Fact]
    public async Task A_hash_has_the_iterations_that_OWASP_recommends()
    {
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var hash = Convert.FromBase64String(await passwords.HashAsync("x", From("203.0.113.70"), proved: null));
        // Format 1 of ASP.NET Core's hasher: the function (2 is HMAC-SHA512) and the iterations follow the format's byte.
        Assert.Equal(1, hash[0]);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)));
        Assert.Equal(210_000u, BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5)));
    }

    [Fact]
    public async Task A_source_has_a_share_of_the_passwords_that_are_hashed()
    {
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var attempts = Enumerable.Range(0, 20).Select(_ => passwords.HashAsync("x", From("203.0.113.77"), proved: null)).ToArray();
        var other = passwords.HashAsync("x", From("198.51.100.77"), proved: null);
        var refused = 0;
        foreach (var attempt in attempts)
        {
            try
            {
                await attempt;
            }
            catch (ResourceFullException fault)
            {
                Assert.Equal(("passwords", PartyKind.Source), (fault.Stage, fault.Full));
                refused++;
            }
        }

        Assert.Equal(20 - Limits.PasswordsPerSource, refused);
        Assert.NotEmpty(await other);
        // The share is free again.
        Assert.NotEmpty(await passwords.HashAsync("x", From("203.0.113.77"), proved: null));
    }

    [Fact]
    public async Task Strangers_fill_neither_the_queue_of_known_devices_and_live_sessions_nor_take_their_turns()
    {
        using var owner = await server.NewPerson("198.51.100.81").JoinAsync();
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var strangers = FillQueue(passwords);
        await Assert.ThrowsAsync<ResourceFullException>(() => passwords.HashAsync("x", From("198.51.100.82"), proved: null));

        // A known device, and a live session.
        await owner.SignInAsync();
        await owner.JsonAsync(HttpMethod.Post, "/v1/me/totp", 200, new JsonObject { ["password"] = Person.Password });
        Assert.Contains(strangers, stranger => !stranger.IsCompleted);
        await Task.WhenAll(strangers);

        // An account has a share of them, too.
        var account = Guid.NewGuid();
        var mine = Enumerable.Range(0, 3).Select(i => passwords.HashAsync("x", From($"198.51.{i}.83"), account)).ToArray();
        var fault = await Assert.ThrowsAsync<ResourceFullException>(() => mine[^1]);
        Assert.Equal(("own_passwords", PartyKind.Account), (fault.Stage, fault.Full));
        await Task.WhenAll(mine[..^1]);
    }

    [Fact]
    public async Task A_password_that_was_not_checked_for_want_of_capacity_costs_no_attempt()
    {
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var throttles = server.Server.Services.GetRequiredService<Throttles>();
        var strangers = FillQueue(passwords);
        var email = EmailAddress.OfStored("victim@example.org");
        for (var i = 0; i < 40; i++)
        {
            var http = From("198.51.100.84");
            Assert.Null(throttles.Password(http, email, device: null));
            await Assert.ThrowsAsync<ResourceFullException>(() => passwords.CheckAsync(null, "x", http, proved: null));
        }

        await Task.WhenAll(strangers);
        var allowed = 0;
        while (throttles.Password(From("198.51.100.84"), email, device: null) is null)
            allowed++;
        Assert.Equal(10, allowed);
    }

    [Fact]
    public async Task Each_form_of_a_password_waits_for_a_turn()
    {
        var passwords = server.Server.Services.GetRequiredService<Passwords>();
        var before = passwords.Computed;
        // With one processor for hashes, the last of the three forms is after the other network's password.
        var forms = passwords.CheckAsync(null, "\u1E69\u0323\u212B", From("198.51.100.85"), proved: null);
        var others = Enumerable.Range(0, Limits.ConcurrentPasswords * 2)
            .Select(i => passwords.HashAsync("x", From($"198.51.{i}.86"), proved: null)).ToArray();
        Assert.False(await forms);
        Assert.All(others[..Limits.ConcurrentPasswords], other => Assert.True(other.IsCompleted));
        await Task.WhenAll(others);
        Assert.Equal(before + 3 + others.Length, passwords.Computed);
    }

    /// <summary>Starts as many hashes for strangers, from networks of their own, as may wait.</summary>
    private static Task[] FillQueue(Passwords passwords) =>
        [.. Enumerable.Range(0, Limits.WaitingPasswords).Select(i => passwords.HashAsync("x", From($"203.{i}.113.9"), proved: null))];

    private static DefaultHttpContext From(string source)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(source);
        return http;
    }

    public sealed class RealServer : AccountServer
    {
        protected override int HashIterations => Passwords.Iterations;
    }
}
