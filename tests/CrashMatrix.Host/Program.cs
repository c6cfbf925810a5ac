using Connect.Api.Composition;
using Connect.CrashMatrix.Host;
using Connect.Silo;
using Connect.Silo.Health;

// The real program with a turnstile before everything that is durable or outside. As "silo" it is one silo of a cluster, otherwise the whole program in one process.
var steps = new Steps();
WebApplication app;
if (args is ["silo", ..])
{
    var builder = WebApplication.CreateBuilder(args[1..]);
    builder.AddCreditsSilo();
    steps.Watch(builder.Services);
    app = builder.Build();
    app.MapCreditsHealth();
}
else
{
    app = CreditsApp.Build(steps.Watch, args);
}

app.MapPost("/crash/arm", (Hold[] holds) => steps.Arm(holds)).AllowAnonymous();
app.MapGet("/crash/held", () => steps.Report().Where(account => account.Held).Select(account => account.Account)).AllowAnonymous();
app.MapGet("/crash/accounts", () => steps.Report()).AllowAnonymous();
await app.RunAsync();
