using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Messaging;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Connect.Api.Endpoints;

/// <summary>How an account sends and to whom it does not: settings and opt-outs.</summary>
internal static class MessagingEndpoints
{
    public static void MapMessaging(this RouteGroupBuilder account)
    {
        var read = account.MapGroup("").Needs(Need.ReadMessaging).WithTags("Messaging");
        read.MapGet("/messaging", Settings).WithName("getMessaging").WithSummary("The country of numbers without a country code, and the number that messages come from.");
        read.MapGet("/opt-outs", OptOuts).WithName("listOptOuts").WithSummary("Numbers that want no messages, by number; or what is known of one.");

        var change = account.MapGroup("").Needs(Need.ManageMessaging).WithTags("Messaging");
        change.MapPut("/messaging", SetCountry).WithName("setMessaging").WithSummary("Sets the country of numbers without a country code.");
        change.MapPost("/opt-outs", Add).WithName("addOptOuts").WithSummary("Opts numbers out; names those that can not be read and adds the others. Repeating is harmless.");
        change.MapDelete("/opt-outs/{number}", Remove).WithName("removeOptOut").WithSummary("Lets a number have the account's messages again.");
    }

    public static void MapOperatorMessaging(this RouteGroupBuilder v1)
    {
        var group = v1.MapGroup("/operator").Needs(Need.Operate).WithTags("Operator");
        group.MapPut("/accounts/{accountId}/sender", SetSender).WithName("setSender").WithSummary("Gives an account a sender number of its own, or takes it away with null.");
        group.MapGet("/opt-outs", Everybody).WithName("listOptOutsOfEverybody").WithSummary("Numbers that want no messages from any account, by number; or what is known of one.");
        group.MapDelete("/opt-outs/{number}", RemoveEverybody).WithName("removeOptOutOfEverybody").WithSummary("Takes a number off the list that holds for all accounts.");
    }

    private static async Task<Results<Ok<MessagingSettings>, ProblemResult>> Settings(string accountId, Signed by, MessagingSettingsService settings) =>
        (await settings.Get(by.Caller, accountId)).ToOk();

    private static async Task<Results<Ok<MessagingSettings>, ProblemResult>> SetCountry(
        string accountId, MessagingSettingsRequest request, Signed by, MessagingSettingsService settings) =>
        request.Country is { } country
            ? (await settings.SetCountry(by.Caller, accountId, country)).ToOk()
            : Refuse.Validation("country", "Say which country, such as AU.").ToHttp();

    private static async Task<Results<Ok<MessagingSettings>, ProblemResult>> SetSender(
        string accountId, SenderRequest request, Signed by, MessagingSettingsService settings) =>
        (await settings.SetSender(by.Caller, accountId, request.Number)).ToOk();

    private static async Task<Results<Ok<OptOutsBody>, ProblemResult>> OptOuts(
        string accountId, Signed by, OptOutsService optOuts, string? number = null, long after = 0, int limit = 100) =>
        (await optOuts.List(by.Caller, accountId, number, after, limit)).ToOk();

    private static async Task<Results<Ok<OptOutsAdded>, ProblemResult>> Add(string accountId, OptOutsRequest request, Signed by, OptOutsService optOuts) =>
        request.Numbers is { } numbers
            ? (await optOuts.Add(by.Caller, accountId, numbers)).ToOk()
            : Refuse.Validation("numbers", "Say which numbers.").ToHttp();

    private static async Task<Results<NoContent, ProblemResult>> Remove(string accountId, string number, Signed by, OptOutsService optOuts) =>
        Gone(await optOuts.Remove(by.Caller, accountId, number));

    private static async Task<Results<Ok<OptOutsBody>, ProblemResult>> Everybody(
        Signed by, OptOutsService optOuts, string? number = null, long after = 0, int limit = 100) =>
        (await optOuts.ListEverybody(by.Caller, number, after, limit)).ToOk();

    private static async Task<Results<NoContent, ProblemResult>> RemoveEverybody(string number, Signed by, OptOutsService optOuts) =>
        Gone(await optOuts.RemoveEverybody(by.Caller, number));

    private static Results<NoContent, ProblemResult> Gone(Answer<bool> answer) => answer.Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();
}

/// <summary>New messaging settings.</summary>
/// <param name="Country">Country of numbers without a country code: ISO 3166, two letters.</param>
public sealed record MessagingSettingsRequest(string? Country);

/// <summary>A sender number for an account.</summary>
/// <param name="Number">A plus sign and 7 to 15 digits, or a short code of 3 to 8 digits; null takes the number away.</param>
public sealed record SenderRequest(string? Number);

/// <summary>Numbers that want no messages.</summary>
/// <param name="Numbers">1 to 10,000 numbers in any usual form.</param>
public sealed record OptOutsRequest(IReadOnlyList<string?>? Numbers);
