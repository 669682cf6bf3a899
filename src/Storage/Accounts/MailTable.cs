using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Mail;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>The table <c>mails</c>.</summary>
internal sealed class MailTable(AccountDatabase database) : IWaitingMails
{
    private const string Columns = "id, kind, address, data, created_at, expires_at, source, subsource, attempts";

    // The mails of the server itself, and those of unknown sources, have the share of their address.
    private const string SameSource = "source, case when source = 0 then address_key end";

    private const string Lease =
        $"""
        update mails set leased_at = @now, due_at = @until, attempts = attempts + 1
        where id = @id and due_at <= @now returning {Columns}
        """;

    public Task<bool> AddAsync(WaitingMail mail, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => AddAsync(sql, mail), cancellationToken);

    public async Task<IReadOnlyList<WaitingMail>> LeaseAsync(
        int most, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        // The selection runs on a read connection, so that a long queue delays no writes.
        var chosen = await database.ReadAsync(sql => ChooseAsync(sql, most, now), cancellationToken);
        if (chosen.Count == 0)
            return [];
        return await database.WriteAsync(
            async sql =>
            {
                List<WaitingMail> leased = [];
                // Ordered, so that replicas with the same selection can't deadlock. Mails that another replica has leased are no longer
                // due.
                foreach (var id in chosen.Order())
                    leased.AddRange(await ListAsync(sql, Lease, new { id, now, until }));

                return leased;
            },
            cancellationToken);
    }

    public Task<IReadOnlySet<Guid>> RenewAsync(
        IReadOnlyCollection<WaitingMail> mails, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlySet<Guid>>(
            async sql =>
            {
                HashSet<Guid> renewed = [];
                // In the order of LeaseAsync, so that replicas can't deadlock.
                foreach (var mail in mails.OrderBy(mail => mail.Id))
                {
                    var changed = await sql.ExecuteAsync(
                        "update mails set due_at = @until where id = @Id and attempts = @Attempts and leased_at is not null",
                        new { mail.Id, mail.Attempts, until });
                    if (changed > 0)
                        renewed.Add(mail.Id);
                }

                return renewed;
            },
            cancellationToken);

    public Task<bool> PostponeAsync(WaitingMail mail, DateTimeOffset due, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                "update mails set due_at = @due, leased_at = null where id = @Id and attempts = @Attempts",
                new { mail.Id, mail.Attempts, due }) > 0,
            cancellationToken);

    public Task<bool> ReturnAsync(WaitingMail mail, DateTimeOffset due, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                "update mails set due_at = @due, leased_at = null, attempts = attempts - 1 where id = @Id and attempts = @Attempts",
                new { mail.Id, mail.Attempts, due }) > 0,
            cancellationToken);

    public Task RemoveAsync(Guid mailId, CancellationToken cancellationToken) =>
        database.WriteAsync(sql => sql.ExecuteAsync("delete from mails where id = @mailId", new { mailId }), cancellationToken);

    public Task<IReadOnlyList<WaitingMail>> RemoveSurplusAsync(int most, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var surplus = (await CountAsync(sql)).All - most;
                return surplus <= 0 ? [] : await ListAsync(
                    sql,
                    $"""
                    with subnets as (
                        select id, source, address_key, domain, attempts, created_at,
                            row_number() over (partition by {SameSource}, subsource order by attempts, created_at, id) as turn
                        from mails where leased_at is null and not essential
                    ), placed as (
                        select id, attempts, created_at,
                            row_number() over (partition by {SameSource} order by turn, attempts, created_at, id) as source_place,
                            row_number() over (partition by domain order by attempts, created_at, id) as place
                        from subnets
                    )
                    delete from mails where leased_at is null and id in (
                        select id from placed order by source_place desc, place desc, attempts desc, created_at desc, id desc
                        limit @surplus)
                    returning {Columns}
                    """,
                    new { surplus });
            },
            cancellationToken);

    public Task<MailCount> CountAsync(CancellationToken cancellationToken) => database.ReadAsync(CountAsync, cancellationToken);

    /// <summary>Stores a mail in the transaction of the change that it is about. Does nothing if it is <c>null</c>.</summary>
    public static async Task<bool> AddAsync(Sql sql, WaitingMail? mail) =>
        mail is not null && await sql.ExecuteAsync(
            """
            insert into mails (id, kind, address, address_key, domain, data, essential, source, subsource, created_at, expires_at,
                due_at, attempts)
            select @Id, @Kind, @Text, @Key, @domain, @Data, @IsEssential, @Network, @Subnet, @CreatedAt, @ExpiresAt, @CreatedAt, 0
            where (select count(*) from mails where address_key = @Key and kind = @Kind and essential = @IsEssential) < @most
                and (select count(*) from mails where address_key = @Key and kind = @Kind and essential = @IsEssential and data = @Data)
                    < @mostAlike
            """,
            new
            {
                mail.Id, mail.Kind, mail.To.Text, mail.To.Key, domain = mail.To.RegisteredDomain, mail.Data, mail.IsEssential,
                mail.Source.Network, mail.Source.Subnet,
                mail.CreatedAt, mail.ExpiresAt, mostAlike = Limits.WaitingMailsPerAddress,
                most = mail.IsEssential ? Limits.EssentialMailsPerAddress : Limits.WaitingMailsPerAddress,
            }) > 0;

    /// <summary>Returns whether a mail was neither sent nor removed.</summary>
    public static async Task<bool> IsWaitingAsync(Sql sql, Guid mailId) =>
        await sql.ValueAsync<long>("select count(*) from mails where id = @mailId", new { mailId }) > 0;

    /// <summary>
    /// Removes the waiting mails with links that set the password of an account, also those that are being sent, so that they are not
    /// sent again.
    /// </summary>
    public static async Task RemoveResetsAsync(Sql sql, Guid accountId)
    {
        var resets = await sql.ListAsync<Guid>(
            "select id from mails where kind = @kind and address_key = (select email_key from accounts where id = @accountId) order by id",
            new { kind = WaitingMail.PasswordReset, accountId });
        // In the order of LeaseAsync, so that replicas can't deadlock.
        foreach (var id in resets)
            await sql.ExecuteAsync("delete from mails where id = @id", new { id });
    }

    private static Task<IReadOnlyList<Guid>> ChooseAsync(Sql sql, int most, DateTimeOffset now) =>
        sql.ListAsync<Guid>(
            $"""
            with addressed as (
                select id, source, subsource, address_key, domain, attempts, due_at,
                    row_number() over (partition by address_key order by attempts > 0, due_at, id) as turn
                from mails where due_at <= @now
            ), subnets as (
                select id, source, address_key, domain, attempts, due_at, turn,
                    row_number() over (partition by {SameSource}, subsource order by attempts > 0, turn, due_at, id) as subnet_turn
                from addressed
            ), sources as (
                select id, domain, attempts, due_at, turn,
                    row_number() over (partition by {SameSource} order by attempts > 0, subnet_turn, turn, due_at, id) as source_turn
                from subnets
            ), placed as (
                select id, domain, attempts, due_at, source_turn,
                    row_number() over (partition by domain order by attempts > 0, source_turn, turn, due_at, id) as place
                from sources
            ), quick as (
                select domain, count(*) as mails from mails where leased_at > @quickSince group by domain
            ), waiting as (
                select count(distinct domain) as domains from mails where due_at <= @now
            )
            select p.id from placed p cross join waiting w left join quick q on q.domain = p.domain
            where p.place + coalesce(q.mails, 0) <= case when w.domains > 1 then @perDomain else @perLoneDomain end
            order by p.attempts > 0,
                case when p.source_turn > p.place + coalesce(q.mails, 0) then p.source_turn else p.place + coalesce(q.mails, 0) end,
                p.due_at, p.id
            limit @most
            """,
            new
            {
                now, most, perDomain = Limits.MailsPerDomain, perLoneDomain = Limits.MailsPerLoneDomain, quickSince = now - Limits.SlowMail,
            });

    private static async Task<MailCount> CountAsync(Sql sql) => new(
        await sql.ValueAsync<long>("select count(*) from mails"),
        await sql.ValueAsync<long>("select count(*) from mails where attempts > 0 and leased_at is null"));

    private static async Task<IReadOnlyList<WaitingMail>> ListAsync(Sql sql, string statement, object parameters) =>
        [.. (await sql.ListAsync<Row>(statement, parameters)).Select(row => row.ToMail())];

    private sealed class Row
    {
        public required Guid Id { get; init; }

        public required string Kind { get; init; }

        public required string Address { get; init; }

        public required string Data { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }

        public required long Source { get; init; }

        public required long Subsource { get; init; }

        public required int Attempts { get; init; }

        public WaitingMail ToMail() => new()
        {
            Id = Id, Kind = Kind, To = EmailAddress.OfStored(Address), Data = Data, CreatedAt = CreatedAt, ExpiresAt = ExpiresAt,
            Source = new(Source, Subsource), Attempts = Attempts,
        };
    }
}
