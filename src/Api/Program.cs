using Connect.Api.Composition;

await CreditsApp.Build(args).RunAsync();
