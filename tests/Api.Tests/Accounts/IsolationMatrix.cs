namespace TelemetryKit.Api.Tests.Accounts;

/// <summary>
/// The expected responses of each route of the OpenAPI document by caller. <see cref="IsolationTests"/> fails for routes that are not
/// listed.
/// </summary>
internal static class IsolationMatrix
{
    public const int Ok = 0;

    /// <summary>
    /// The columns of <see cref="Doors"/>. All ids in a request are those of the tenant of the viewer, member, admin and owner.
    /// </summary>
    public static readonly string[] Callers =
    [
        "nobody", "half signed in", "stranger", "stranger's token", "viewer", "member", "admin", "owner", "owner's token",
        "read key", "foreign read key", "live key", "revoked key",
    ];

    /// <summary>
    /// The kinds of access control and their responses to each caller. <see cref="Ok"/>: the caller is allowed, and the response is that of
    /// the route.
    /// </summary>
    public static readonly Dictionary<string, int[]> Doors = new()
    {
        //                    nobody half  stranger  viewer member admin owner token  read  foreign live revoked
        //                                  and token
        ["public"] =          [Ok,  Ok,  Ok,  Ok,    Ok,  Ok,  Ok,  Ok,  Ok,          Ok,  Ok,  Ok,  Ok],
        ["ingest"] =          [401, 401, 401, 401,   401, 401, 401, 401, 401,         403, 403, Ok,  401],
        ["statistics"] =      [401, 403, 404, 404,   Ok,  Ok,  Ok,  Ok,  Ok,          Ok,  404, 403, 401],
        ["operator"] =        [401, 401, 401, 401,   401, 401, 401, 401, 401,         401, 401, 401, 401],
        ["half signed in"] =  [401, Ok,  Ok,  403,   Ok,  Ok,  Ok,  Ok,  403,         401, 401, 401, 401],
        ["session"] =         [401, 403, Ok,  403,   Ok,  Ok,  Ok,  Ok,  403,         401, 401, 401, 401],
        ["anybody"] =         [401, 403, Ok,  Ok,    Ok,  Ok,  Ok,  Ok,  Ok,          401, 401, 401, 401],
        ["viewer"] =          [401, 403, 404, 404,   Ok,  Ok,  Ok,  Ok,  Ok,          401, 401, 401, 401],
        ["member"] =          [401, 403, 404, 404,   403, Ok,  Ok,  Ok,  Ok,          401, 401, 401, 401],
        ["admin"] =           [401, 403, 404, 404,   403, 403, Ok,  Ok,  Ok,          401, 401, 401, 401],
        ["viewer's session"] = [401, 403, 404, 403,  Ok,  Ok,  Ok,  Ok,  403,         401, 401, 401, 401],
        ["admin's session"] = [401, 403, 404, 403,   403, 403, Ok,  Ok,  403,         401, 401, 401, 401],
        ["admin of the body"] = [401, 403, 404, 404,  403, 403, Ok,  Ok,  Ok,          401, 401, 401, 401],
        ["owner's session"] = [401, 403, 404, 403,   403, 403, 403, Ok,  403,         401, 401, 401, 401],
    };

    /// <summary>
    /// The routes with their access control and the status for allowed callers. Routes with a body get one that is not an object, so that
    /// they return 400 to allowed callers.
    /// </summary>
    public static readonly (string Route, string Door, int Status)[] Routes =
    [
        ("POST /v1/events", "ingest", 200),
        ("POST /events", "ingest", 200),
        ("POST /k/{key}/v1/events", "ingest", 200),
        ("POST /k/{key}/events", "ingest", 200),

        ("GET /v1/stats/overview", "statistics", 200),
        ("GET /v1/stats/top", "statistics", 400), // by is missing
        ("GET /v1/stats/series", "statistics", 200),
        ("GET /v1/stats/users", "statistics", 200),
        ("GET /v1/stats/failures", "statistics", 200),
        ("GET /v1/stats/releases", "statistics", 200),
        ("GET /v1/stats/retention", "statistics", 200),
        ("GET /v1/stats/deprecation", "statistics", 400), // what is to be removed is missing
        ("GET /v1/stats/events", "statistics", 200),
        ("GET /v1/stats/live", "statistics", 200),
        ("GET /v1/export/events", "statistics", 200),
        ("POST /v1/installs/erase", "admin of the body", 200),
        ("POST /v1/installs/find", "admin of the body", 200),
        ("DELETE /v1/installs/{user_id}", "admin", 200),

        ("POST /v1/erase", "ingest", 400),
        ("GET /v1/erasures/{erasure}", "public", 404),
        ("GET /.well-known/telemetrykit", "public", 200),

        ("GET /health/live", "public", 200),
        ("GET /health/ready", "public", 200),
        ("GET /metrics", "public", 200),
        ("GET /v1/plans", "public", 200),
        ("GET /v1/legal/privacy", "public", 404), // not configured
        ("GET /v1/legal/terms", "public", 404), // not configured

        ("GET /v1/auth/options", "public", 200),
        ("GET /v1/auth/github", "public", 404), // not configured
        ("POST /v1/auth/sign-up", "public", 400),
        ("POST /v1/auth/verify", "public", 400),
        ("POST /v1/auth/sign-in", "public", 400),
        ("POST /v1/auth/password/forgot", "public", 400),
        ("POST /v1/auth/password/reset", "public", 400),
        ("POST /v1/auth/email/confirm", "public", 400),
        ("POST /v1/auth/email/undo", "public", 400),
        ("POST /v1/auth/second-factor", "half signed in", 400),
        ("GET /v1/auth/csrf", "half signed in", 200),
        ("POST /v1/auth/sign-out", "half signed in", 204),
        ("POST /v1/auth/sign-out-everywhere", "session", 204),

        ("GET /v1/me", "anybody", 200),
        ("PATCH /v1/me", "session", 400),
        ("POST /v1/me/email", "session", 400),
        ("POST /v1/me/password", "session", 400),
        ("POST /v1/me/totp", "session", 400),
        ("POST /v1/me/totp/confirm", "session", 400),
        ("POST /v1/me/totp/disable", "session", 400),
        ("POST /v1/me/recovery-codes", "session", 400),
        ("GET /v1/me/sessions", "session", 200),
        ("GET /v1/me/sign-ins", "session", 200),
        ("POST /v1/me/github", "session", 400),
        ("DELETE /v1/me/github", "session", 415), // the body is missing
        ("DELETE /v1/me/sessions/{session}", "session", 404), // only sessions of the own account
        ("POST /v1/me/deletion", "session", 400),

        ("GET /v1/tenants", "anybody", 200),
        ("POST /v1/tenants", "session", 400),
        ("GET /v1/tenants/{tenant}", "viewer", 200),
        ("PATCH /v1/tenants/{tenant}", "admin's session", 400),
        ("POST /v1/tenants/{tenant}/deletion", "owner's session", 400),
        ("POST /v1/tenants/{tenant}/ownership", "owner's session", 400),
        ("GET /v1/tenants/{tenant}/members", "viewer's session", 200),
        ("PATCH /v1/tenants/{tenant}/members/{account}", "admin's session", 400),
        ("DELETE /v1/tenants/{tenant}/members/{account}", "admin's session", 204),
        ("GET /v1/tenants/{tenant}/invitations", "admin's session", 200),
        ("POST /v1/tenants/{tenant}/invitations", "admin's session", 400),
        ("DELETE /v1/tenants/{tenant}/invitations/{invitation}", "admin's session", 204),
        ("POST /v1/invitations/accept", "session", 400),
        ("GET /v1/tenants/{tenant}/audit", "admin", 200),
        ("GET /v1/tenants/{tenant}/audit/export", "admin", 200),

        ("GET /v1/usage", "viewer", 200),

        ("GET /v1/billing", "owner's session", 200),
        ("POST /v1/billing/checkout", "owner's session", 400),
        ("POST /v1/billing/portal", "owner's session", 409), // no subscription
        ("POST /v1/billing/change", "owner's session", 400),
        ("PUT /v1/billing/overage", "owner's session", 400),
        ("POST /v1/billing/return", "public", 400),

        ("GET /v1/tenants/{tenant}/projects", "viewer", 200),
        ("POST /v1/tenants/{tenant}/projects", "member", 400),
        ("GET /v1/projects/{project}", "viewer", 200),
        ("PATCH /v1/projects/{project}", "member", 400),
        ("PUT /v1/projects/{project}/settings", "member", 400),
        ("DELETE /v1/projects/{project}", "admin", 200),
        ("POST /v1/projects/{project}/environments/test/reset", "member", 200),
        ("GET /v1/projects/{project}/share", "viewer", 200),
        ("PUT /v1/projects/{project}/share", "admin's session", 400),
        ("DELETE /v1/projects/{project}/share", "admin's session", 204),
        ("GET /v1/shared/{name}", "public", 404),
        ("GET /v1/projects/{project}/keys", "member", 200),
        ("POST /v1/projects/{project}/keys", "member", 400),
        ("POST /v1/projects/{project}/keys/{key}/rotate", "member", 400),
        ("DELETE /v1/projects/{project}/keys/{key}", "member", 204),

        ("GET /v1/tokens", "session", 200),
        ("POST /v1/tokens", "session", 400),
        ("DELETE /v1/tokens/{token}", "session", 404), // only tokens of the own account

        ("GET /v1/operator/tenants", "operator", 200),
        ("GET /v1/operator/tenants/{tenant}", "operator", 200),
        ("PUT /v1/operator/tenants/{tenant}/plan", "operator", 400),
    ];
}
