using System.Buffers;
using System.Buffers.Text;
using TelemetryKit.Api.Tests.Accounts;

namespace TelemetryKit.Api.Tests.Fuzzer;

/// <summary>
/// Two tenants with everything in them, among others marked events, and everybody who could send a request.
/// </summary>
internal sealed class FuzzWorld
{
    private const string Operator = "operator";
    private const string Erasure = "erasure";
    private const string LiveKey = "live key";
    private static readonly string[] Targets = ["key", "account", "invitation", "session", "token"];
    private static readonly string[] Plans = ["free", "pro", "business", "enterprise"];
    private static readonly string[] Roles = ["viewer", "member", "admin", "owner"];
    private static readonly string[] Kinds = ["live", "test", "read"];
    private static readonly string[] Fields = ["command", "version", "os", "meta.flags", "event", "success", "subject"];

    private readonly Dictionary<(IsolationWorld World, string Name), List<string>> _ids = [];
    private readonly Dictionary<FuzzCaller, (string[] Texts, SearchValues<string> Search)> _foreign = [];
    private readonly Dictionary<(IsolationWorld World, bool IsStranger), string> _marks = [];
    private readonly List<FuzzCaller> _callers = [];
    private readonly IsolationWorld[] _worlds;

    private FuzzWorld(AccountServer server) => _worlds = [new(server), new(server)];

    /// <summary>The caller of the current request, whose own ids are the most frequent ones.</summary>
    public FuzzCaller Caller { get; private set; } = null!;

    /// <summary>The mark of the events that the caller may see, or <c>null</c> if there are none.</summary>
    public string? Mark => Caller.IsMember || Caller.IsStranger ? _marks[(Caller.World, Caller.IsStranger)] : null;

    /// <summary>Builds the tenants in the store.</summary>
    public static async Task<FuzzWorld> BuildAsync(AccountServer server)
    {
        var world = new FuzzWorld(server);
        foreach (var one in world._worlds)
        {
            await one.BuildAsync();
            world._marks[(one, false)] = await FuzzMark.SendAsync(server, one.BearerOf(LiveKey)!);
            world._marks[(one, true)] = await FuzzMark.SendAsync(server, one.BearerOf("foreign live key")!);
            foreach (var name in Targets)
            {
                List<string> ids = [];
                for (var i = 0; i < 3; i++)
                    ids.Add((await one.TargetAsync(name, "")).Id.ToString());
                world._ids[(one, name)] = ids;
            }

            world._ids[(one, Erasure)] = [(await one.AddErasureAsync()).ToString()];
            foreach (var name in IsolationMatrix.Callers)
            {
                world._callers.Add(
                    new(one, name, one.BearerOf(name), await one.SessionOfAsync(name)) { Own = await one.OwnAsync(name) });
            }

            world._callers.Add(new(one, Operator, AccountServer.OperatorToken, null));
        }

        foreach (var caller in world._callers)
        {
            string[] texts = [.. world.ForeignTo(caller)];
            world._foreign[caller] = (texts, SearchValues.Create(texts, StringComparison.OrdinalIgnoreCase));
        }

        return world;
    }

    /// <summary>Chooses the caller of the next request: any, or one that may use the operation.</summary>
    public FuzzCaller NextCaller(ApiOperation operation, bool isAny, Random random)
    {
        var names = isAny ? [] : NamesFor(operation);
        var callers = names.Length == 0 ? _callers : _callers.FindAll(caller => names.Contains(caller.Name));
        return Caller = callers[random.Next(callers.Count)];
    }

    /// <summary>
    /// Returns an id or key that a response contains although the caller may not see it and hasn't sent it, or the mark of events that
    /// the caller may not see, or <c>null</c>.
    /// </summary>
    public string? FindForeign(string response, Func<string> request)
    {
        // No caller sends a mark of another tenant.
        if (FuzzMark.In(response).FirstOrDefault(mark => mark != Mark) is { } foreign)
            return foreign;
        var (texts, search) = _foreign[Caller];
        return response.AsSpan().ContainsAny(search) ? texts.FirstOrDefault(text => IsIn(response, text) && !IsIn(request(), text)) : null;

        static bool IsIn(string all, string text) => all.Contains(text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Returns a value that makes sense for a name, or <c>null</c> if any text does.</summary>
    public string? Known(string name, Random random) => name switch
    {
        "project" => AnyWorld(random).Project.ToString(),
        "tenant" or "tenant_id" => AnyWorld(random).Tenant.ToString(),
        "account_id" => Known("account", random),
        "email" => Caller.IsMember && random.Next(3) == 0
            ? Caller.World.AnyEmail : $"fuzz{random.Next(1_000_000)}@example.org",
        "password" or "current_password" or "new_password" => Person.Password,
        "plan" => Plans[random.Next(Plans.Length)],
        "role" => Roles[random.Next(Roles.Length)],
        "kind" => Kinds[random.Next(Kinds.Length)],
        "by" => Fields[random.Next(Fields.Length)],
        "event_type" => "command_executed",
        "subject" or "command" or "error_type" when Mark is not null && random.Next(3) == 0 => Mark,
        "version" or "service_version" when Mark is not null && random.Next(3) == 0 => FuzzMark.VersionOf(Mark),
        "session" when Caller.Own is { } own && random.Next(2) == 0 => own.Session.ToString(),
        "token" when Caller.Own is { } own && random.Next(2) == 0 => own.Token.ToString(),
        "user_id" => $"user-{random.Next(5)}",
        "secret" => Secret(random),
        // A receipt contains the id of its project.
        Erasure when Caller.Name == LiveKey => Of(_ids[(Caller.World, Erasure)], random),
        _ when Array.IndexOf(Targets, name) >= 0 => Of(_ids[(AnyWorld(random), name)], random),
        _ => null,
    };

    /// <summary>Returns an id of anything.</summary>
    public string AnyId(Random random) =>
        random.Next(4) == 0 ? Guid.NewGuid().ToString() : Of(_ids[(AnyWorld(random), Of(Targets, random))], random);

    private static string[] NamesFor(ApiOperation operation) =>
        operation.Schemes.Contains("operator") ? [Operator]
        : operation.Path is "/v1/tenants/{tenant}/deletion" or "/v1/tenants/{tenant}/ownership" ? ["owner"]
        // The owner loses the session in most rounds, and can't delete the account.
        : operation.Path.StartsWith("/v1/me", StringComparison.Ordinal) ? ["viewer", "member", "admin", "owner"]
        : operation.Path.StartsWith("/v1/stats/", StringComparison.Ordinal) || operation.Path == "/v1/export/events"
            ? ["read key", "owner's token", "viewer", "member"]
        : operation.Schemes.Contains("session") ? ["owner", "admin", "owner's token"]
        : operation.Path.EndsWith("/events", StringComparison.Ordinal) || operation.Path.StartsWith("/v1/eras", StringComparison.Ordinal)
            ? [LiveKey]
        : [];

    private static string Secret(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    private static string Of(IReadOnlyList<string> values, Random random) => values[random.Next(values.Count)];

    private IsolationWorld AnyWorld(Random random) =>
        random.Next(5) > 0 ? Caller.World : _worlds[0] == Caller.World ? _worlds[1] : _worlds[0];

    // The operator sees the ids of all tenants, but no keys.
    private IEnumerable<string> ForeignTo(FuzzCaller caller)
    {
        if (caller.Name == Operator)
            return _worlds.SelectMany(world => world.Bearers);
        var other = _worlds.Single(world => world != caller.World);
        var inOwnWorld = caller.IsMember ? caller.World.StrangerSecrets
            : caller.IsStranger ? caller.World.Secrets
            : caller.World.Secrets.Concat(caller.World.StrangerSecrets);
        return other.Secrets.Concat(other.StrangerSecrets).Concat(inOwnWorld);
    }
}

/// <summary>A caller that sends requests.</summary>
/// <param name="World">The world whose ids they use most.</param>
/// <param name="Name">The column of <see cref="IsolationMatrix"/>, or the operator.</param>
/// <param name="Bearer">The key or token, or <c>null</c>.</param>
/// <param name="Session">The token of the session, or <c>null</c>.</param>
internal sealed record FuzzCaller(IsolationWorld World, string Name, string? Bearer, string? Session)
{
    /// <summary>The ids of a session and a token of their own that may be destroyed, or <c>null</c>.</summary>
    public (Guid Session, Guid Token)? Own { get; init; }

    /// <summary>Whether they belong to a tenant of their own.</summary>
    public bool IsStranger => Name is "stranger" or "stranger's token" or "foreign read key";

    /// <summary>Whether they may see anything of the world's tenant.</summary>
    public bool IsMember => !IsStranger && Name is not ("nobody" or "revoked key" or "operator");
}
