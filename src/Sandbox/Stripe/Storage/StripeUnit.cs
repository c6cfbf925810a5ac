using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Connect.Sandbox.Stripe;

/// <summary>One unit of work on the sandbox's state: reads see its own writes, and nobody sees them before it is committed.</summary>
internal sealed partial class StripeUnit(SqliteTransaction transaction)
{
    private static readonly Dictionary<string, Type> Kinds = new()
    {
        ["customer"] = typeof(StripeCustomer),
        ["payment_method"] = typeof(StripePaymentMethod),
        ["payment_intent"] = typeof(StripePaymentIntent),
        ["charge"] = typeof(StripeCharge),
        ["setup_intent"] = typeof(StripeSetupIntent),
        ["checkout.session"] = typeof(StripeCheckoutSession),
        ["refund"] = typeof(StripeRefund),
        ["dispute"] = typeof(StripeDispute),
        [StripeEarlyFraudWarning.Kind] = typeof(StripeEarlyFraudWarning),
        [StripeEvent.Kind] = typeof(StripeEvent),
        [StripeWebhookEndpoint.Kind] = typeof(StripeWebhookEndpoint),
    };

    /// <summary>The object with this id, of whatever kind, or null.</summary>
    public StripeObject? Find(string id)
    {
        using var command = Command("SELECT kind, body FROM objects WHERE id = $id", ("$id", id));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Read(reader.GetString(0), reader.GetString(1)) : null;
    }

    /// <summary>The object with this id and of this kind, or null.</summary>
    public T? Find<T>(string id) where T : StripeObject => Find(id) as T;

    /// <summary>Writes an object, new or changed.</summary>
    public void Put(StripeObject item)
    {
        using var command = Command(
            """
            INSERT INTO objects (id, kind, created, owner, parent, body) VALUES ($id, $kind, $created, $owner, $parent, $body)
            ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, parent = excluded.parent, body = excluded.body
            """,
            ("$id", item.Id),
            ("$kind", item.Object),
            ("$created", item.Created),
            ("$owner", item.Owner),
            ("$parent", item.Parent),
            ("$body", JsonSerializer.Serialize(item, item.GetType(), StripeObject.Json)));
        command.ExecuteNonQuery();
    }

    /// <summary>One page of objects, newest first, and one object more when there is a next page.</summary>
    public IReadOnlyList<StripeObject> List(StripeListQuery query)
    {
        var conditions = new List<string> { "kind = $kind", "json_extract(body, '$.sandbox.deleted') IS NOT TRUE" };
        var values = new List<(string, object?)> { ("$kind", query.Kind), ("$limit", query.Limit + 1) };
        void Where(string condition, string name, object? value)
        {
            if (value is null)
                return;
            conditions.Add(condition);
            values.Add((name, value));
        }

        Where("owner = $owner", "$owner", query.Owner);
        Where("parent = $parent", "$parent", query.Parent);
        Where("created > $gt", "$gt", query.Created.Gt);
        Where("created >= $gte", "$gte", query.Created.Gte);
        Where("created < $lt", "$lt", query.Created.Lt);
        Where("created <= $lte", "$lte", query.Created.Lte);
        Where("position < (SELECT position FROM objects WHERE id = $after)", "$after", query.StartingAfter);
        Where("position > (SELECT position FROM objects WHERE id = $before)", "$before", query.EndingBefore);

        foreach (var (name, allowed) in query.Members)
        {
            conditions.Add($"json_extract(body, '$.{name}') IN ({string.Join(", ", allowed.Select((_, i) => $"${name}{i}"))})");
            values.AddRange(allowed.Select((value, i) => ($"${name}{i}", (object?)value)));
        }

        // A page that ends before an object is the one nearest to it, so it is read upwards and turned round.
        var upwards = query.EndingBefore is not null;
        using var command = Command(
            $"SELECT kind, body FROM objects WHERE {string.Join(" AND ", conditions)} ORDER BY position {(upwards ? "ASC" : "DESC")} LIMIT $limit",
            [.. values]);
        using var reader = command.ExecuteReader();
        var items = new List<StripeObject>();
        while (reader.Read())
            items.Add(Read(reader.GetString(0), reader.GetString(1)));
        return items;
    }

    /// <summary>Removes an object.</summary>
    public void Delete(string id)
    {
        using var command = Command("DELETE FROM objects WHERE id = $id", ("$id", id));
        command.ExecuteNonQuery();
    }

    /// <summary>The events from a time on, oldest first.</summary>
    public IReadOnlyList<StripeEvent> EventsSince(DateTimeOffset since)
    {
        using var command = Command(
            "SELECT body FROM objects WHERE kind = $kind AND created >= $since ORDER BY position",
            ("$kind", StripeEvent.Kind),
            ("$since", since.ToUnixTimeSeconds()));
        using var reader = command.ExecuteReader();
        var events = new List<StripeEvent>();
        while (reader.Read())
            events.Add((StripeEvent)Read(StripeEvent.Kind, reader.GetString(0)));
        return events;
    }

    /// <summary>The successful charges, oldest first.</summary>
    public IReadOnlyList<StripeCharge> SuccessfulCharges()
    {
        using var command = Command("SELECT body FROM objects WHERE kind = 'charge' AND json_extract(body, '$.status') = 'succeeded' ORDER BY position");
        using var reader = command.ExecuteReader();
        var charges = new List<StripeCharge>();
        while (reader.Read())
            charges.Add((StripeCharge)Read("charge", reader.GetString(0)));
        return charges;
    }

    /// <summary>What was answered to this idempotency key, or null.</summary>
    public KeptAnswer? FindAnswer(string key)
    {
        using var command = Command("SELECT path, parameters, status, body, request_id FROM idempotency WHERE key = $key", ("$key", key));
        using var reader = command.ExecuteReader();
        return reader.Read() ? new(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetString(3), reader.GetString(4)) : null;
    }

    /// <summary>Keeps the answer to an idempotency key.</summary>
    public void KeepAnswer(string key, KeptAnswer answer, DateTimeOffset now)
    {
        using var command = Command(
            "INSERT INTO idempotency (key, path, parameters, status, body, request_id, created) VALUES ($key, $path, $parameters, $status, $body, $request, $created)",
            ("$key", key),
            ("$path", answer.Path),
            ("$parameters", answer.Parameters),
            ("$status", answer.Status),
            ("$body", answer.Body),
            ("$request", answer.RequestId),
            ("$created", now.ToUnixTimeSeconds()));
        command.ExecuteNonQuery();
    }

    /// <summary>Forgets the idempotency keys first used before <paramref name="horizon"/>.</summary>
    public void ForgetAnswers(DateTimeOffset horizon)
    {
        using var command = Command("DELETE FROM idempotency WHERE created <= $horizon", ("$horizon", horizon.ToUnixTimeSeconds()));
        command.ExecuteNonQuery();
    }

    /// <summary>True once work or a delivery was planned in this unit.</summary>
    public bool HasPlanned { get; private set; }

    /// <summary>Plans work for later.</summary>
    /// <param name="due">When it is to be done.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="subject">What it is about.</param>
    public void Plan(DateTimeOffset due, LaterKind kind, string subject)
    {
        using var command = Command(
            "INSERT INTO later (due, kind, subject) VALUES ($due, $kind, $subject)",
            ("$due", due.ToUnixTimeMilliseconds()),
            ("$kind", kind.ToString()),
            ("$subject", subject));
        command.ExecuteNonQuery();
        HasPlanned = true;
    }

    /// <summary>Takes the work that is due first, or null when none is due by <paramref name="now"/>.</summary>
    public LaterWork? TakeDue(DateTimeOffset now)
    {
        using var command = Command(
            """
            DELETE FROM later WHERE position = (SELECT position FROM later WHERE due <= $now ORDER BY due, position LIMIT 1)
            RETURNING due, kind, subject
            """,
            ("$now", now.ToUnixTimeMilliseconds()));
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new(DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(0)), Enum.Parse<LaterKind>(reader.GetString(1)), reader.GetString(2))
            : null;
    }

    /// <summary>When the next planned work is due, or null when none is planned.</summary>
    public DateTimeOffset? NextDue()
    {
        using var command = Command("SELECT min(due) FROM later");
        return command.ExecuteScalar() is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
    }

    /// <summary>Marks the place that <see cref="Undo"/> goes back to.</summary>
    public void Mark() => transaction.Save("work");

    /// <summary>Undoes everything written since <see cref="Mark"/>.</summary>
    public void Undo() => transaction.Rollback("work");

    private static StripeObject Read(string kind, string body) => (StripeObject)JsonSerializer.Deserialize(body, Kinds[kind], StripeObject.Json)!;

    private SqliteCommand Command(string text, params (string Name, object? Value)[] values)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}

/// <summary>Which objects to list.</summary>
internal sealed record StripeListQuery
{
    /// <summary>Stripe's name of the kind.</summary>
    public required string Kind { get; init; }

    /// <summary>Only those of this customer, or null for all.</summary>
    public string? Owner { get; init; }

    /// <summary>Only those of this other object, or null for all.</summary>
    public string? Parent { get; init; }

    /// <summary>Only those whose member (a name of the code, never of a caller) has one of the values.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Allowed)> Members { get; init; } = [];

    /// <summary>Only those made in this time.</summary>
    public CreatedRange Created { get; init; }

    /// <summary>Only those older than this object, or null.</summary>
    public string? StartingAfter { get; init; }

    /// <summary>Only those newer than this object, or null.</summary>
    public string? EndingBefore { get; init; }

    /// <summary>The size of the page, 1 to 100.</summary>
    public long Limit { get; init; } = 10;
}

/// <summary>A time span in Unix seconds; a null end is open.</summary>
/// <param name="Gt">After this second.</param>
/// <param name="Gte">At or after this second.</param>
/// <param name="Lt">Before this second.</param>
/// <param name="Lte">At or before this second.</param>
internal readonly record struct CreatedRange(long? Gt, long? Gte, long? Lt, long? Lte);

/// <summary>An answer kept under an idempotency key.</summary>
/// <param name="Path">The path it was given on.</param>
/// <param name="Parameters">A digest of the parameters it was given for.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">JSON body.</param>
/// <param name="RequestId">The request that was answered first.</param>
internal sealed record KeptAnswer(string Path, string Parameters, int Status, string Body, string RequestId);
