using Connect.Api.Application;
using Connect.Api.Auth;
using Connect.Api.Composition;
using Connect.Api.Endpoints;
using Connect.Api.Problems;
using Connect.Messaging;
using Connect.Purchases;
using Connect.Sandbox.Sms;
using Connect.Sandbox.Stripe;
using Connect.Silo.Clock;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Connect.Api.Sandbox;

/// <summary>What only exists in sandbox mode: tokens for anybody, demo people, test cards, the clock, and the stand-ins of Stripe and the SMS gateway.</summary>
internal static class SandboxEndpoints
{
    private const int MaxSms = 10_000;

    public static void AddSandbox(this WebApplicationBuilder builder)
    {
        SandboxStripeAddress.Install(builder);
        var database = Path.Combine(DataDirectory.Of(builder.Configuration), "stripe-sandbox.db");
        builder.Services.AddStripeSandbox(options => options.DatabasePath = database);
        builder.Services.AddHttpClient(nameof(SandboxCards));
        builder.Services.AddSingleton<SandboxCards>().AddSingleton<SandboxAccounts>().AddSingleton<DemoData>();
        builder.Services.AddDemoHealth();
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoData>());
    }

    public static void MapSandbox(this IEndpointRouteBuilder app)
    {
        app.MapStripeSandbox(SandboxMode.StripePath);
        var sandbox = app.MapGroup("/sandbox").AllowAnonymous().ExcludeFromDescription();
        sandbox.MapPost("/token", Token);
        sandbox.MapPost("/accounts/{accountId}/cards", SaveCard);
        sandbox.MapGet("/clock", (ISandboxTime time) => TypedResults.Ok(new ClockBody(time.Now, 0)));
        sandbox.MapPost("/clock/advance", Advance);
        sandbox.MapGet("/sms", ListSms);
        sandbox.MapGet("/sms/faults", (ISmsSandbox sms) => TypedResults.Ok(sms.Faults));
        sandbox.MapPost("/sms/faults", SetSmsFaults);
        sandbox.MapPost("/sms/inbound", ReceiveSms);
        sandbox.MapGet("/people", () => TypedResults.Ok(DemoPeople.All));
        sandbox.MapPost("/sign-in", SignInAs).DisableAntiforgery();
        sandbox.MapPost("/sign-out", (Delegate)SignOut).DisableAntiforgery();
    }

    private static async Task<Results<Ok<TokenBody>, ProblemResult>> Token(TokenRequest request, Tokens tokens, SandboxAccounts accounts)
    {
        if (!Names.IsId(request.AccountId))
            return Refuse.Validation("accountId", "An account id has 1 to 64 letters, digits, '-' or '_'.").ToHttp();
        if (!Names.IsId(request.UserId))
            return Refuse.Validation("userId", "A user id has 1 to 64 letters, digits, '-' or '_'.").ToHttp();
        if (Caller.ParseRole(request.Role) is not { } role)
            return Refuse.Validation("role", "A role is admin, billing, member or operator.").ToHttp();
        await accounts.Open(request.AccountId!);
        return TypedResults.Ok(new TokenBody(tokens.Issue(new(request.UserId!, request.UserId!, role, request.AccountId!))));
    }

    private static async Task<Results<Created<CardBody>, ProblemResult>> SaveCard(string accountId, CardRequest request, SandboxCards cards)
    {
        if (!Names.IsId(accountId))
            return Refuse.NotFound("account").ToHttp();
        if (request.Number is not { Length: >= 12 and <= 19 } number || !number.All(char.IsAsciiDigit))
            return Refuse.Validation("number", "A card number has 12 to 19 digits.").ToHttp();
        if (request.ExpMonth is not (>= 1 and <= 12))
            return Refuse.Validation("expMonth", "A month is 1 to 12.").ToHttp();
        if (request.ExpYear is not (>= 2000 and <= 2100))
            return Refuse.Validation("expYear", "A year is 2000 to 2100.").ToHttp();
        return (await cards.Save(accountId, number, request.ExpMonth.Value, request.ExpYear.Value)).ToCreated(card => $"/v1/accounts/{accountId}/cards/{card.Id}");
    }

    /// <summary>Moves the whole program's time; the work of every reminder on the way is done before this answers.</summary>
    private static async Task<Results<Ok<ClockBody>, ProblemResult>> Advance(AdvanceRequest request, ISandboxTime time, CancellationToken cancellationToken)
    {
        if (request.Seconds is not >= 0.001m || request.Seconds > (decimal)ISandboxTime.MaxAdvance.TotalSeconds)
            return Refuse.Validation("seconds", $"Seconds are at least 0.001 and at most {ISandboxTime.MaxAdvance.TotalSeconds}; time does not go back.").ToHttp();
        var reminders = await time.Advance(TimeSpan.FromMilliseconds((long)(request.Seconds.Value * 1_000)), cancellationToken);
        return TypedResults.Ok(new ClockBody(time.Now, reminders));
    }

    private static async Task<Results<Ok<SandboxSmsPage>, ProblemResult>> ListSms(
        ISmsSandbox sms, CancellationToken cancellationToken, string? campaignId = null, string? accountId = null, int skip = 0, int limit = MaxSms) =>
        skip < 0 ? Refuse.Validation("skip", "'skip' is never negative.").ToHttp()
        : limit is < 1 or > MaxSms ? Refuse.Validation("limit", $"'limit' is 1 to {MaxSms}.").ToHttp()
        : TypedResults.Ok(await sms.List(campaignId, accountId, skip, limit, cancellationToken));

    private static Results<Ok<SmsFaults>, ProblemResult> SetSmsFaults(SmsFaults faults, ISmsSandbox sms)
    {
        if (faults.DelayMs is < 0 or > 60_000)
            return Refuse.Validation("delayMs", "'delayMs' is 0 to 60000.").ToHttp();
        if (faults.RefuseNext < 0)
            return Refuse.Validation("refuseNext", "'refuseNext' is never negative.").ToHttp();
        if (faults.LoseAnswerNext < 0)
            return Refuse.Validation("loseAnswerNext", "'loseAnswerNext' is never negative.").ToHttp();
        if (faults.ReportDelayMs is < 0 or > SmsFaults.MaxReportDelayMs)
            return Refuse.Validation("reportDelayMs", $"'reportDelayMs' is 0 to {SmsFaults.MaxReportDelayMs}.").ToHttp();
        sms.SetFaults(faults);
        return TypedResults.Ok(sms.Faults);
    }

    /// <summary>A phone sends a message, to a sender number or to the one that accounts share.</summary>
    private static async Task<Results<Ok<InboundBody>, ProblemResult>> ReceiveSms(InboundRequest request, GrainCalls calls, TimeProvider time) =>
        request.From is not { Length: > 0 and <= 40 } from ? Refuse.Validation("from", "Whose phone it comes from: a number.").ToHttp()
        : request.To is { Length: > 40 } ? Refuse.Validation("to", "A sender number, or nothing.").ToHttp()
        : request.Text is not { Length: <= 2_000 } text ? Refuse.Validation("text", "What it says, at most 2,000 characters.").ToHttp()
        : TypedResults.Ok(new InboundBody(await calls.Grains.GetGrain<IInboundGrain>(0).Receive(new() { From = from, To = request.To ?? "", Text = text, At = time.GetUtcNow() })));

    /// <summary>Signs a demo person in on this browser, from a form with <c>person</c> (a user id) and <c>returnUrl</c> (a path of this host).</summary>
    private static async Task<IResult> SignInAs(HttpContext http, [FromForm] string? person = null, [FromForm] string? returnUrl = null)
    {
        if (DemoPeople.Find(person) is not { } caller)
            return Refuse.Validation("person", "There is no such demo person.").ToHttp();
        await http.SignInWithCookie(caller);
        return TypedResults.LocalRedirect(LocalPath.OrRoot(returnUrl));
    }

    private static async Task<IResult> SignOut(HttpContext http)
    {
        await http.SignOutAsync(Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationDefaults.AuthenticationScheme);
        return TypedResults.LocalRedirect("/");
    }

    private sealed record TokenRequest(string? AccountId, string? UserId, string? Role);

    private sealed record InboundRequest(string? From, string? To, string? Text);

    private sealed record InboundBody(InboundOutcome Outcome);

    private sealed record TokenBody(string Token);

    private sealed record AdvanceRequest(decimal? Seconds);

    /// <param name="Now">The program's time, UTC.</param>
    /// <param name="Reminders">Reminders whose work was done on the way.</param>
    private sealed record ClockBody(DateTimeOffset Now, int Reminders);

    private sealed record CardRequest(string? Number, int? ExpMonth, int? ExpYear);
}
