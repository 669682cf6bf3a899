using System.Text;
using System.Text.Json;
using TelemetryKit.Context;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>The secret of an installation and the id that is derived from it.</summary>
public sealed class InstallationTests : IDisposable
{
    private static readonly JsonElement Vectors =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "spec", "vectors", "erasure.json"))).RootElement;

    private static readonly string Secret = Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).TrimEnd('=');

    private readonly TestHost _host = new();

    public static TheoryData<string, string, string> Cases =>
    [
        .. Vectors.GetProperty("cases").EnumerateArray().Select(one => new TheoryDataRow<string, string, string>(
            one.GetProperty("service_name").GetString()!, one.GetProperty("secret").GetString()!, one.GetProperty("user_id").GetString()!)),
    ];

    public static TheoryData<string> InvalidSecrets =>
        [.. Vectors.GetProperty("invalid_secrets").EnumerateArray().Select(one => one.GetString()!)];

    private string Folder => ServicePaths.Service(_host.Root, "my-cli");

    private string SecretPath => Path.Combine(Folder, "erasure-secret");

    private string IdPath => Path.Combine(Folder, "user-id");

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_id_is_that_of_the_specification(string serviceName, string secret, string userId) =>
        Assert.Equal(userId, Installation.UserIdOf(secret, serviceName));

    [Theory]
    [MemberData(nameof(InvalidSecrets))]
    public void An_invalid_secret_has_no_id(string secret) =>
        Assert.Throws<FormatException>(() => Installation.UserIdOf(secret, "my-cli"));

    [Fact]
    public void The_first_run_creates_a_secret_and_later_ones_keep_it()
    {
        var first = Load();
        Assert.True(first.IsNew);
        var secret = File.ReadAllText(SecretPath);
        Assert.Equal(first.UserId, Installation.UserIdOf(secret, "my-cli"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SecretPath));
        var second = Load();
        Assert.False(second.IsNew);
        Assert.Equal(first.UserId, second.UserId);
        File.Delete(IdPath);
        Assert.Equal(first.UserId, Load().UserId);
        Assert.False(Load().IsNew);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a secret")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh")]
    public void A_damaged_secret_or_id_is_replaced(string content)
    {
        var before = Load().UserId;
        File.WriteAllText(IdPath, content);
        Assert.Equal(before, Load().UserId);
        File.WriteAllText(SecretPath, content);
        File.WriteAllText(IdPath, content);
        var after = Load();
        Assert.NotEqual(before, after.UserId);
        Assert.Equal(after.UserId, Installation.UserIdOf(File.ReadAllText(SecretPath), "my-cli"));
    }

    [Fact]
    public void The_id_of_a_secret_that_was_replaced_is_not_used()
    {
        Load();
        var replaced = new string('A', 43);
        File.WriteAllText(SecretPath, replaced);
        Assert.Equal(Installation.UserIdOf(replaced, "my-cli"), Load().UserId);
        Assert.Equal(Installation.UserIdOf(replaced, "my-cli"), Load().UserId);
    }

    [Fact]
    public void An_id_without_its_secret_is_not_used()
    {
        var before = Load().UserId;
        File.Delete(SecretPath);
        Assert.NotEqual(before, Load().UserId);
    }

    [Fact]
    public async Task Processes_that_start_together_agree_on_one_secret()
    {
        for (var round = 0; round < 50; round++)
        {
            using var together = new Barrier(8);
            var loads = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return Load().UserId;
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            var ids = (await Task.WhenAll(loads)).Distinct().ToList();
            Assert.Equal(Installation.UserIdOf(File.ReadAllText(SecretPath), "my-cli"), Assert.Single(ids));
            Installation.Forget(Folder);
        }
    }

    [Fact]
    public async Task A_process_waits_for_the_one_that_creates_the_secret_however_long_that_takes()
    {
        Directory.CreateDirectory(Folder);
        Task<Installation> load;
        using (var first = new FileStream(SecretPath, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            load = Task.Run(Load);
            // Longer than a process usually takes.
            await Task.Delay(500);
            Assert.False(load.IsCompleted);
            first.Write(Encoding.ASCII.GetBytes(Secret));
        }

        Assert.Equal(Installation.UserIdOf(Secret, "my-cli"), (await load.WaitAsync(Clients.Timeout)).UserId);
        Assert.Equal(Secret, File.ReadAllText(SecretPath));
    }

    [Fact]
    public void Forgetting_deletes_the_secret_and_the_id()
    {
        var before = Load().UserId;
        Installation.Forget(Folder);
        Assert.Empty(_host.Files());
        Assert.NotEqual(before, Load().UserId);
        Installation.Forget(Path.Combine(_host.Root, "missing"));
    }

    public void Dispose() => _host.Dispose();

    private Installation Load() => Installation.Load(_host.Root, Folder, "my-cli");
}
