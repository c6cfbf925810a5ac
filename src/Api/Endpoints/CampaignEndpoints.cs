using System.Collections.Immutable;
using System.Text.Json;
using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Campaigns;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Connect.Api.Endpoints;

/// <summary>Campaigns: drafts from JSON or CSV, send, cancel, duplicate, and what became of each recipient.</summary>
internal static class CampaignEndpoints
{
    /// <summary>Largest body of a campaign or estimate, in bytes: a million recipients with a few short fields.</summary>
    private const long MaxBodyBytes = 256L * 1024 * 1024;

    private const string Csv = "text/csv";

    public static void MapCampaigns(this RouteGroupBuilder account)
    {
        var read = account.MapGroup("").Needs(Need.ReadCampaigns).WithTags("Campaigns");
        read.MapGet("/campaigns", List).WithName("listCampaigns").WithSummary("The campaigns, newest first.");
        read.MapGet("/campaigns/{campaignId}", Get).WithName("getCampaign").WithSummary("A campaign in figures.");
        read.MapGet("/campaigns/{campaignId}/recipients", Recipients).WithName("listRecipients").WithSummary("What became of each recipient, by row; ?status=failed,unknown for some only, remaining and skipped stand for several.");
        read.MapGet("/campaigns/{campaignId}/recipients.csv", Export).Produces(StatusCodes.Status200OK, contentType: RecipientsCsv.MediaType)
            .WithName("exportRecipients").WithSummary("The recipients as CSV, all of them or those of some statuses.");

        read.MapGet("/campaigns/{campaignId}/estimate", EstimateDraft).WithName("estimateCampaign")
            .WithSummary("What sending a campaign that has not started would take, and whether it will be covered at its time.");

        var group = account.MapGroup("").Needs(Need.UseCampaigns).WithTags("Campaigns");
        group.MapPost("/messages/estimate", Estimate).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Accepts<EstimateRequest>("application/json")
            .WithName("estimateMessages").WithSummary("What a send would take, without sending.");
        group.MapPost("/campaigns", Create).WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Accepts<CampaignRequest>("application/json", Csv)
            .HonourIdempotencyKey("campaigns")
            .WithName("createCampaign").WithSummary("Makes a draft from JSON, or from CSV with name, text and scheduledAt in the query and a column 'to' (or mobile, phone, number).");
        group.MapPatch("/campaigns/{campaignId}", Edit)
            .WithName("editCampaign").WithSummary("Changes a draft or a scheduled campaign: name, text, time. Another text is counted for all recipients anew.");
        group.MapPost("/campaigns/{campaignId}/send", Send).RequireIdempotencyKey("campaigns-send")
            .WithName("sendCampaign").WithSummary("Starts the send, now or at the draft's time.");
        group.MapPost("/campaigns/{campaignId}/cancel", Cancel)
            .WithName("cancelCampaign").WithSummary("Ends a draft or scheduled campaign, or stops a sending one.");
        group.MapPost("/campaigns/{campaignId}/duplicate", Duplicate).HonourIdempotencyKey("campaigns-duplicate")
            .WithName("duplicateCampaign").WithSummary("A new draft of exactly the recipients that received nothing, or of the failed, the unknown or all; it can be sent once it is no longer importing.");
    }

    private static async Task<Results<Ok<EstimateBody>, ProblemResult>> Estimate(
        string accountId, HttpContext http, Signed by, CampaignsService campaigns, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json)
    {
        if (!http.Request.HasJsonContentType())
            return Refuse.Unsuitable(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type").ToHttp();
        var options = json.Value.SerializerOptions;
        // What is behind the first kilobytes goes to disk; of the rows only what the text uses is kept.
        http.Request.EnableBuffering();
        var surveyed = await JsonRecipients.Survey(http.Request.Body, options, CampaignsService.MaxEstimated, CampaignsService.TooManyEstimated(), http.RequestAborted);
        if (surveyed.Problem is { } unreadable)
            return unreadable.ToHttp();
        var (_, text, scheduledAt, rows) = surveyed.Value;
        if (text is null)
            return Refuse.Validation("text", "Say what the message is.").ToHttp();
        if (rows is null)
            return Refuse.Validation("recipients", "Say who the recipients are.").ToHttp();
        http.Request.Body.Position = 0;
        var recipients = ImmutableArray.CreateBuilder<RecipientInput>(rows.Value);
        await foreach (var recipient in JsonRecipients.Read(http.Request.Body, text, options, http.RequestAborted))
        {
            if (recipient.Problem is { } problem)
                return problem.ToHttp();
            recipients.Add(recipient.Value);
        }
        return (await campaigns.Estimate(by.Caller, accountId, text, recipients.MoveToImmutable(), scheduledAt)).ToOk();
    }

    private static async Task<Results<Ok<EstimateBody>, ProblemResult>> EstimateDraft(string accountId, string campaignId, Signed by, CampaignsService campaigns) =>
        (await campaigns.EstimateDraft(by.Caller, accountId, campaignId)).ToOk();

    private static async Task<IResult> Create(string accountId, HttpContext http, Signed by, CampaignsService campaigns, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json)
    {
        var id = RequestKey.Of(http).NewId(accountId, "campaigns");
        Answer<CampaignView> answer;
        if (http.Request.ContentType?.StartsWith(Csv, StringComparison.OrdinalIgnoreCase) == true)
            answer = await CreateFromCsv(http, id, accountId, by.Caller!, campaigns);
        else if (http.Request.HasJsonContentType())
            answer = await CreateFromJson(http, id, accountId, by.Caller!, campaigns, json.Value.SerializerOptions);
        else
            return Refuse.Unsuitable(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type").ToHttp();
        return answer.Problem is { } problem ? problem.ToHttp() : TypedResults.Created($"/v1/accounts/{accountId}/campaigns/{id}", answer.Value);
    }

    private static async Task<Answer<CampaignView>> CreateFromJson(
        HttpContext http, string id, string accountId, Caller caller, CampaignsService campaigns, JsonSerializerOptions options)
    {
        // What is behind the first kilobytes goes to disk.
        http.Request.EnableBuffering();
        var surveyed = await JsonRecipients.Survey(http.Request.Body, options, CampaignsService.MaxRecipients, CampaignsService.TooManyRecipients(), http.RequestAborted);
        if (surveyed.Problem is { } unreadable)
            return unreadable;
        var (name, text, scheduledAt, rows) = surveyed.Value;
        if (rows is null or 0)
            return CampaignOutcome.NoRecipients.Problem()!;
        if (Missing(name, text) is { } missing)
            return missing;
        http.Request.Body.Position = 0;
        var recipients = JsonRecipients.Read(http.Request.Body, text!, options, http.RequestAborted);
        return await campaigns.Create(caller, accountId, id, name!, text!, scheduledAt, recipients, abandon: !IsKeyed(http));
    }

    private static async Task<Answer<CampaignView>> CreateFromCsv(HttpContext http, string id, string accountId, Caller caller, CampaignsService campaigns)
    {
        var (name, text, scheduled) = (http.Request.Query["name"].ToString(), http.Request.Query["text"].ToString(), http.Request.Query["scheduledAt"].ToString());
        if (Missing(name, text) is { } missing)
            return missing;
        DateTimeOffset? scheduledAt = null;
        if (scheduled.Length > 0)
        {
            // As JSON writes times: of 02/03/2027 nobody could tell which day is meant.
            if (!JsonSerializer.SerializeToElement(scheduled).TryGetDateTimeOffset(out var at))
                return Refuse.Validation("scheduledAt", "This is not a time such as 2027-02-20T09:00:00Z.");
            scheduledAt = at;
        }
        var recipients = CsvRecipients.Read(http.Request.Body, text, http.RequestAborted);
        return await campaigns.Create(caller, accountId, id, name, text, scheduledAt, recipients, abandon: !IsKeyed(http));
    }

    // Whoever sent a key can send the same again, and the import goes on.
    private static bool IsKeyed(HttpContext http) => http.Features.Get<RequestKey>() is not null;

    private static async Task<Results<Ok<CampaignsPage>, ProblemResult>> List(
        string accountId, Signed by, CampaignsService campaigns, int after = 0, int limit = 20) =>
        (await campaigns.List(by.Caller, accountId, after, limit)).ToOk();

    private static async Task<Results<Ok<CampaignView>, ProblemResult>> Get(string accountId, string campaignId, Signed by, CampaignsService campaigns) =>
        (await campaigns.Get(by.Caller, accountId, campaignId)).ToOk();

    private static async Task<Results<Ok<RecipientsPage>, ProblemResult>> Recipients(
        string accountId, string campaignId, Signed by, CampaignsService campaigns, string? status = null, long after = 0, int limit = 100)
    {
        var statuses = RecipientStatuses.Read(status);
        return statuses.Problem is { } problem
            ? problem.ToHttp()
            : (await campaigns.Recipients(by.Caller, accountId, campaignId, after, limit, statuses.Value)).ToOk();
    }

    private static async Task<IResult> Export(string accountId, string campaignId, Signed by, CampaignsService campaigns, string? status = null)
    {
        var statuses = RecipientStatuses.Read(status);
        if (statuses.Problem is { } unknown)
            return unknown.ToHttp();
        var campaign = await campaigns.Get(by.Caller, accountId, campaignId);
        return campaign.Problem is { } problem
            ? problem.ToHttp()
            : new RecipientsCsv(campaign.Value.Name, campaigns.AllRecipients(accountId, campaign.Value, statuses.Value));
    }

    private static async Task<Results<Ok<CampaignView>, ProblemResult>> Edit(string accountId, string campaignId, CampaignEditRequest request, Signed by, CampaignsService campaigns) =>
        (await campaigns.Edit(by.Caller, accountId, campaignId, new(request.Name, request.Text, request.ScheduledAt, request.ClearsSchedule))).ToOk();

    private static async Task<Results<Accepted<CampaignView>, ProblemResult>> Send(string accountId, string campaignId, Signed by, CampaignsService campaigns) =>
        (await campaigns.Send(by.Caller, accountId, campaignId)).ToAccepted();

    private static async Task<Results<Ok<CampaignView>, ProblemResult>> Cancel(string accountId, string campaignId, Signed by, CampaignsService campaigns) =>
        (await campaigns.Cancel(by.Caller, accountId, campaignId)).ToOk();

    private static async Task<Results<Created<CampaignView>, ProblemResult>> Duplicate(
        string accountId, string campaignId, HttpContext http, Signed by, CampaignsService campaigns, DuplicateRequest? request = null)
    {
        var id = RequestKey.Of(http).NewId(accountId, "campaigns-duplicate");
        return (await campaigns.Duplicate(by.Caller, accountId, campaignId, id, request?.Of ?? DuplicateOf.Remaining)).ToCreated(view => $"/v1/accounts/{accountId}/campaigns/{view.Id}");
    }

    private static Problem? Missing(string? name, string? text) =>
        string.IsNullOrWhiteSpace(name) ? Refuse.Validation("name", "A name has 1 to 100 characters.")
        : string.IsNullOrWhiteSpace(text) ? Refuse.Validation("text", "The text is empty.")
        : null;
}
