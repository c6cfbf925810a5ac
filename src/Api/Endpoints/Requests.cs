using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Connect.Api.Application;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Endpoints;

/// <summary>Asks for a price.</summary>
/// <param name="Credits">Credits to buy; the price list has the bounds.</param>
public sealed record QuoteRequest(long? Credits);

/// <summary>Confirms a quote.</summary>
/// <param name="QuoteId">The quote.</param>
/// <param name="CardId">The saved card to charge; the default card when absent.</param>
public sealed record PurchaseRequest(string? QuoteId, string? CardId);

/// <summary>Opens the hosted page for a card. Both addresses are paths of this host.</summary>
/// <param name="ReturnPath">Where the customer goes after the page; "/" when absent.</param>
public sealed record CardSetupRequest(string? ReturnPath);

/// <summary>New settings of auto top-up.</summary>
/// <param name="Enabled">Whether it is on.</param>
/// <param name="Threshold">Top up when available credits are below this.</param>
/// <param name="Credits">Credits to buy each time; at least the threshold.</param>
/// <param name="MonthlyCap">Most it may charge in a calendar month, tax included: minor units, or an amount with its currency; null for no cap.</param>
public sealed record AutoTopUpRequest(bool? Enabled, long? Threshold, long? Credits, [property: JsonConverter(typeof(CapConverter))] long? MonthlyCap);

/// <summary>Asks what a send would take; members come in any order. It is read as it arrives and never as a whole: this record describes it.</summary>
/// <param name="Text">The text, with <c>{field}</c> places.</param>
/// <param name="Recipients">The recipients, at most 100,000.</param>
/// <param name="ScheduledAt">When it would be sent; now when absent or past.</param>
public sealed record EstimateRequest(string? Text, IReadOnlyList<RecipientRequest?>? Recipients, DateTimeOffset? ScheduledAt = null);

/// <summary>A new campaign; members come in any order. It is read as it arrives and never as a whole: this record describes it.</summary>
/// <param name="Name">1 to 100 characters.</param>
/// <param name="Text">The text, with <c>{field}</c> places.</param>
/// <param name="Recipients">Who gets it, in order; 1 to 1,000,000.</param>
/// <param name="ScheduledAt">When to send; at once when absent.</param>
public sealed record CampaignRequest(string? Name, string? Text, IReadOnlyList<RecipientRequest?>? Recipients, DateTimeOffset? ScheduledAt);

/// <summary>Changes to a campaign that is not sending yet; what is absent stays as it is.</summary>
public sealed record CampaignEditRequest
{
    private readonly DateTimeOffset? _scheduledAt;

    /// <summary>1 to 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>The text, with <c>{field}</c> places that its list was made with.</summary>
    public string? Text { get; init; }

    /// <summary>When to send; null takes the time away, and a scheduled campaign is a draft again.</summary>
    public DateTimeOffset? ScheduledAt
    {
        get => _scheduledAt;
        init => (_scheduledAt, ClearsSchedule) = (value, value is null);
    }

    /// <summary>Whether it says that there is no time, which is more than to say nothing about it.</summary>
    [JsonIgnore]
    public bool ClearsSchedule { get; private init; }
}

/// <summary>Asks for a duplicate.</summary>
/// <param name="Of">Which recipients it takes: remaining (when absent), failed, unknown or all.</param>
public sealed record DuplicateRequest(DuplicateOf? Of);

/// <summary>One automation message.</summary>
/// <param name="To">The phone number.</param>
/// <param name="Text">The text, with <c>{field}</c> places.</param>
/// <param name="Fields">Values for the places.</param>
public sealed record AutomationMessageRequest(string? To, string? Text, IReadOnlyDictionary<string, string?>? Fields);

/// <summary>Credits given by an operator.</summary>
/// <param name="Credits">Credits to add.</param>
/// <param name="Reason">Why; kept in the ledger.</param>
/// <param name="Source">Manual (the default) or promotional.</param>
/// <param name="ExpiresAt">When they end; 90 days from now when absent.</param>
public sealed record GrantRequest(long? Credits, string? Reason, Accounts.GrantSource? Source, DateTimeOffset? ExpiresAt);

/// <summary>A batch ended by an operator.</summary>
/// <param name="BatchId">The batch.</param>
/// <param name="Reason">Why; kept in the ledger.</param>
public sealed record VoidRequest(long? BatchId, string? Reason);

/// <summary>Money given back by an operator.</summary>
/// <param name="Amount">What to give back: minor units, or an amount with its currency; everything that is left when absent.</param>
/// <param name="Reason">Why; kept in the ledger and at the payment provider.</param>
public sealed record RefundRequest([property: JsonConverter(typeof(CapConverter))] long? Amount, string? Reason);

/// <summary>The end of an operator's review of a purchase.</summary>
/// <param name="Reason">What was found and done; kept with the purchase.</param>
public sealed record ReviewRequest(string? Reason);

/// <summary>Auto top-up armed again by an operator.</summary>
/// <param name="Reason">Why; kept in the ledger.</param>
public sealed record ResumeRequest(string? Reason);

/// <summary>A recipient. A bare string is taken as a number without fields.</summary>
/// <param name="To">Phone number, in any usual form.</param>
/// <param name="Fields">Values for the text's places.</param>
[JsonConverter(typeof(RecipientConverter))]
public sealed record RecipientRequest(string? To, IReadOnlyDictionary<string, string?>? Fields)
{
    /// <summary>Longest number, field name and field value, in characters.</summary>
    public const int MaxToLength = 64, MaxNameLength = 64, MaxValueLength = 480;

    /// <summary>Most fields of one recipient that the text uses.</summary>
    public const int MaxFields = 50;

    /// <summary>
    /// The recipient as a row of a list. What is no recipient at all is a problem of the request; what is out of bounds is one of the row, which keeps its place. Fields that the text
    /// does not use are left out, however long they are.
    /// </summary>
    internal static Answer<RecipientInput> ReadRow(RecipientRequest? recipient, UsedFields used, string field)
    {
        if (recipient?.To is null)
            return Refuse.Validation($"{field}.to", "A recipient needs a phone number.");
        var fields = ImmutableDictionary<string, string>.Empty;
        RowProblem? problem = recipient.To.Length > MaxToLength ? RowProblem.NumberTooLong : null;
        if (recipient.Fields is { Count: > 0 } given)
        {
            var builder = fields.ToBuilder();
            foreach (var (name, value) in given)
            {
                if (value is null)
                    return Refuse.Validation($"{field}.fields.{name}", "A field has a value.");
                if (!used.Contains(name))
                    continue;
                if (value.Length > MaxValueLength)
                    problem ??= RowProblem.FieldTooLong;
                builder[name] = value;
            }
            if (builder.Count > MaxFields)
                problem ??= RowProblem.TooManyFields;
            fields = builder.ToImmutable();
        }
        return problem is null ? new RecipientInput { To = recipient.To, Fields = fields } : Unreadable(recipient.To, problem.Value);
    }

    /// <summary>A row that can not be read.</summary>
    internal static RecipientInput Unreadable(string to, RowProblem problem) =>
        new() { To = to.Length > MaxToLength ? to[..MaxToLength] : to, Problem = problem };

    /// <summary>The recipient for the grains, or what can not be read; <paramref name="field"/> is where it stands in the request.</summary>
    internal static Answer<RecipientInput> Read(RecipientRequest? recipient, string field)
    {
        var prefix = field.Length == 0 ? "" : field + ".";
        if (string.IsNullOrWhiteSpace(recipient?.To) || recipient.To.Length > MaxToLength)
            return Refuse.Validation(prefix + "to", $"A recipient needs a phone number of at most {MaxToLength} characters.");
        var fields = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var (name, value) in recipient.Fields ?? ImmutableDictionary<string, string?>.Empty)
        {
            if (value is null || name.Length is 0 or > MaxNameLength || value.Length > MaxValueLength)
                return Refuse.Validation($"{prefix}fields.{name}", $"A field has a name of at most {MaxNameLength} and a value of at most {MaxValueLength} characters.");
            fields[name] = value;
        }
        return new RecipientInput { To = recipient.To, Fields = fields.ToImmutable() };
    }
}

/// <summary>Reads a recipient from an object or from a bare string.</summary>
internal sealed class RecipientConverter : JsonConverter<RecipientRequest>
{
    private sealed record Whole(string? To, IReadOnlyDictionary<string, string?>? Fields);

    public override RecipientRequest? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new(reader.GetString(), null);
        try
        {
            return JsonSerializer.Deserialize<Whole>(ref reader, options) is { } whole ? new(whole.To, whole.Fields) : null;
        }
        catch (JsonException)
        {
            // Its path would begin here, where the caller needs the recipient's.
            throw new JsonException();
        }
    }

    public override void Write(Utf8JsonWriter writer, RecipientRequest value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Whole(value.To, value.Fields), options);
}

/// <summary>Reads an amount of Australian cents from a number or from an amount with its currency.</summary>
internal sealed class CapConverter : JsonConverter<long?>
{
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        if (reader.TokenType == JsonTokenType.Number)
            return reader.TryGetInt64(out var cents) ? cents : throw new JsonException();
        return Aud(ref reader, options) ?? throw new JsonException();
    }

    private static long? Aud(ref Utf8JsonReader reader, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<Money>(ref reader, options) is { Currency: "AUD" } money ? money.Amount : null;
        }
        catch (JsonException)
        {
            // Its path would begin here, where the caller needs the field's.
            return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value, options);
}
