using System.Text;

namespace Connect.Sandbox.Stripe;

/// <summary>Serves the pages that a person sees: the card page of a checkout session, and the page of the card's bank.</summary>
internal sealed class HostedPages(StripeWork state, StripeServer server, StripeSandboxFaults faults)
{
    /// <summary>Shows the card page.</summary>
    public Task ShowCardPageAsync(HttpContext context, string prefix) => ServeAsync(context, prefix, CardPage.Show);

    /// <summary>Takes a card.</summary>
    public async Task SubmitCardPageAsync(HttpContext context, string prefix)
    {
        if (await FormAsync(context) is { } form)
            await ServeAsync(context, prefix, (call, id) => CardPage.Submit(call, id, CardForm.Of(form)));
    }

    /// <summary>Shows the bank's page.</summary>
    public Task ShowBankPageAsync(HttpContext context, string prefix) => ServeAsync(context, prefix, BankPage.Show);

    /// <summary>Takes what the person told their bank.</summary>
    public async Task SubmitBankPageAsync(HttpContext context, string prefix)
    {
        if (await FormAsync(context) is { } form)
            await ServeAsync(context, prefix, (call, id) => BankPage.Submit(call, id, approved: form["answer"] == "approve"));
    }

    private static async Task<IFormCollection?> FormAsync(HttpContext context)
    {
        if (context.Request.HasFormContentType)
            return await context.Request.ReadFormAsync(context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        return null;
    }

    private async Task ServeAsync(HttpContext context, string prefix, Func<StripeCall, string, PageAnswer> work)
    {
        if (faults.Down)
        {
            StripeServer.Reset(context);
            return;
        }

        var id = (string)context.Request.RouteValues["id"]!;
        var pageBase = server.PageBase(context, prefix);
        var answer = await state.RunAsync((unit, now) => work(state.Call(unit, now, StripeParameters.None, pageBase), id));
        context.Response.StatusCode = answer.Status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
        if (answer.Location is not null)
        {
            context.Response.Headers.Location = answer.Location;
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(answer.Html!);
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
