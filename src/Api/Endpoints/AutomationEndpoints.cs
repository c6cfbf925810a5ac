using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Idempotency;
using Connect.Api.Problems;
using Connect.Automations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>Automation flows: single messages around the clock.</summary>
internal static class AutomationEndpoints
{
    private const int DefaultPage = 50;
    private const int MostPerPage = 100;

    public static void MapAutomations(this RouteGroupBuilder account)
    {
        account.MapGroup("").WithTags("Automations").Needs(Need.ReadCampaigns).MapGet("/automations", List)
            .WithName("listAutomations").WithSummary("The flows that have sent messages, in figures, by name.");
        var group = account.MapGroup("/automations/{flow}").WithTags("Automations");
        group.MapGroup("").Needs(Need.UseCampaigns).MapPost("/messages", Send).RequireKeyOfCommand("automations")
            .WithName("sendAutomationMessage").WithSummary("Debits and sends one message.");
        group.MapGroup("").Needs(Need.ReadCampaigns).MapGet("", Get).WithName("getAutomation").WithSummary("The flow in figures.");
    }

    private static async Task<Results<Ok<AutomationMessageBody>, ProblemResult>> Send(
        string accountId, string flow, AutomationMessageRequest request, HttpContext http, Signed by, AutomationsService automations)
    {
        if (request.Text is null)
            return Refuse.Validation("text", "Say what the message is.").ToHttp();
        var recipient = RecipientRequest.Read(new(request.To, request.Fields), "");
        if (recipient.Problem is { } unreadable)
            return unreadable.ToHttp();
        var sent = await automations.Send(by.Caller, accountId, flow, RequestKey.Of(http).OperationId("automation"), request.Text, recipient.Value);
        if (sent.Replayed)
            http.Response.Headers[KeptAnswer.ReplayHeader] = "true";
        return sent.Answer.ToOk();
    }

    private static async Task<Results<Ok<AutomationsBody>, ProblemResult>> List(
        string accountId, Signed by, AutomationsService automations, string? after = null, int limit = DefaultPage) =>
        limit is < 1 or > MostPerPage
            ? Refuse.Validation("limit", $"A page has 1 to {MostPerPage} automations.").ToHttp()
            : (await automations.List(by.Caller, accountId, after ?? "", limit)).ToOk();

    private static async Task<Results<Ok<AutomationView>, ProblemResult>> Get(string accountId, string flow, Signed by, AutomationsService automations) =>
        (await automations.Get(by.Caller, accountId, flow)).ToOk();
}
